/**
 * `npm run demo`: a hub, a charge point operator and an e-mobility service provider, and one charging session
 * between them as a driver would see it. Every message is one line; exits 0 when all of them went well.
 */
import { partyKey } from '@app/ocpi';
import { readGivenSettings } from '@app/settings';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub } from '../../apps/hub/src/app';
import { AdminClient } from '../../libs/testkit/src/admin-client';
import { TestPlatform } from '../../libs/testkit/src/test-platform';
import { freePort } from '../support/ports';
import { chargeOnce } from './charge-once';
import { Journal } from './journal';
import { CPO, EMSP } from './parties';

const ADMIN_KEY = 'key-of-the-demo';

async function demo(dataDir: string): Promise<boolean> {
  const [ocpiPort, adminPort] = [await freePort(), await freePort()];
  const hub = await startHub(settings(dataDir, ocpiPort, adminPort));
  const cpo = await TestPlatform.start({ name: 'Volt Charging', roles: [CPO] });
  const emsp = await TestPlatform.start({ name: 'Drive Along', roles: [EMSP] });
  const journal = new Journal();
  try {
    const admin = new AdminClient(`http://127.0.0.1:${adminPort}`, ADMIN_KEY);
    for (const [platform, party] of [[cpo, CPO] as const, [emsp, EMSP] as const]) {
      const { token_a, versions_url } = await admin.createPlatform(platform.name, [party]);
      const line = {
        from: partyKey(party),
        to: 'hub',
        module: 'credentials',
        method: 'POST',
        meaning: 'registers',
      };
      await journal.message(line, () => platform.register(versions_url, token_a));
    }
    await chargeOnce({ cpo, emsp, journal });
    return journal.allWentWell;
  } finally {
    await Promise.all([cpo.close(), emsp.close()]);
    await hub.close();
  }
}

/** A hub of its own beside any other: own folder, free ports, and platforms on this machine allowed. */
function settings(dataDir: string, ocpiPort: number, adminPort: number) {
  return readGivenSettings({
    DATA_DIR: dataDir,
    OCPI_PORT: String(ocpiPort),
    ADMIN_PORT: String(adminPort),
    DELIVERY_PORT: '0',
    HUBCLIENTINFO_PORT: '0',
    ADMIN_API_KEY: ADMIN_KEY,
    ALLOW_PRIVATE_NETWORKS: 'true',
    LOG_LEVEL: 'error',
  });
}

const dataDir = mkdtempSync(join(tmpdir(), 'ocpi-hub-demo-'));
chmodSync(dataDir, 0o755); // where we are root, PostgreSQL runs as somebody else and must get in
demo(dataDir)
  .then((wentWell) => {
    process.stdout.write(wentWell ? '\nevery message went through the hub\n' : '\na message failed\n');
    process.exitCode = wentWell ? 0 : 1;
  })
  .catch((error: unknown) => {
    process.stderr.write(`the demo failed: ${String(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => rmSync(dataDir, { recursive: true, force: true }));

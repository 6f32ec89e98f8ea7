/**
 * `npm run bench:status`: what the status service costs with 10,000 platforms, or as many as `--platforms` says.
 *
 * The platforms are rows whose versions URLs lead to one real server; the service is a process of its own. Shows
 * how evenly the still-alive checks were spread over one silence, and CPU and memory while they were made. Reads
 * /proc, so it runs on Linux only.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildWhenStale, installWhenNeeded, root } from '../../apps/hub/bin/prepare.mjs';
import { cpuMicroseconds, freePort, residentMebibytes, startServer } from './processes.mjs';
import { table } from './table.mjs';

const { values } = parseArgs({
  options: {
    platforms: { type: 'string', default: '10000' },
    /** All are checked once in this time, in s. A hub's default is 300 s: its checks are five times rarer. */
    silence: { type: 'string', default: '60' },
  },
});
const [PLATFORMS, SILENCE_SECONDS] = [Number(values.platforms), Number(values.silence)];
/** The silence in so many parts, for the spread. */
const PARTS = 12;
const SECRET = randomBytes(32).toString('hex');
const ENVELOPE = '{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z","data":[]}';

if (process.platform !== 'linux') {
  console.error('this benchmark reads /proc and runs on Linux only');
  process.exit(2);
}
installWhenNeeded();
buildWhenStale();
const { built, makeDatabase, startStores, withDatabase } = await import('./hub.mjs');
const { sealWith } = await built('libs/store/src/seal.js');
const { migrate } = await built('libs/store/src/migrate.js');

const folder = mkdtempSync(join(tmpdir(), 'ocpi-hub-bench-'));
chmodSync(folder, 0o755); // where we are root, PostgreSQL runs as somebody else and must get in
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const checks = [];
const peer = createServer((_, response) => {
  checks.push(performance.now());
  response.setHeader('Content-Type', 'application/json').end(ENVELOPE);
});
await new Promise((resolve) => peer.listen(0, '127.0.0.1', resolve));
const stores = await startStores(folder);
try {
  const databaseUrl = await makeDatabase(stores.url, 'status');
  await migrate(databaseUrl);
  await withDatabase(databaseUrl, (client) =>
    seed(client, `http://127.0.0.1:${peer.address().port}/versions`),
  );
  console.log(await measured(databaseUrl));
} finally {
  await stores.stop();
  peer.close();
}
process.exit(0);

/** Runs the service over one silence, in which every platform is due once. */
async function measured(databaseUrl) {
  const port = await freePort();
  const service = await startServer({
    command: [process.execPath, [join(root, 'dist/apps/hubclientinfo/src/main.js')]],
    url: `http://127.0.0.1:${port}/health/ready`,
    env: {
      ...{ DATABASE_URL: databaseUrl, ENCRYPTION_KEY: SECRET, ADMIN_API_KEY: 'key-of-the-benchmark' },
      ...{ HUBCLIENTINFO_PORT: `${port}`, STILL_ALIVE_AFTER_SECONDS: `${SILENCE_SECONDS}` },
      ...{ ALLOW_PRIVATE_NETWORKS: 'true', LOG_LEVEL: 'warn', NODE_ENV: 'production' },
    },
  });
  while (checks.length === 0) await sleep(20);
  const began = { at: performance.now(), cpu: cpuMicroseconds(service.pid) };
  const spread = [];
  for (let part = 1; part <= PARTS; part++) {
    const before = checks.length;
    await sleep(began.at + (part * SILENCE_SECONDS * 1_000) / PARTS - performance.now());
    spread.push(checks.length - before);
  }
  const cpuMs = (cpuMicroseconds(service.pid) - began.cpu) / 1_000;
  const memory = residentMebibytes(service.pid);
  await service.stop();
  return report({ spread, cpuMs, memory });
}

function report({ spread, cpuMs, memory }) {
  const [least, most] = [Math.min(...spread), Math.max(...spread)];
  const made = spread.reduce((sum, count) => sum + count, 0);
  return table([
    ['status service', `${PLATFORMS} platforms, checked after ${SILENCE_SECONDS} s of silence`],
    ['checks made', `${made} in ${SILENCE_SECONDS} s`],
    [`checks in each ${SILENCE_SECONDS / PARTS} s`, `${least} to ${most}: ${spread.join(' ')}`],
    [
      'CPU',
      `${((cpuMs / SILENCE_SECONDS / 1_000) * 100).toFixed(1)} % of a core, ${(cpuMs / made).toFixed(2)} ms a check`,
    ],
    ['CPU at the default of 300 s', `${((cpuMs / 300_000) * 100).toFixed(1)} % of a core`],
    ['memory (RSS)', `${memory.toFixed(0)} MiB`],
  ]);
}

/** Registered, silent platforms with one party each, whose announcements are over. */
async function seed(client, versionsUrl) {
  const seal = sealWith(Buffer.from(SECRET, 'hex'));
  const ids = Array.from({ length: PLATFORMS }, () => randomUUID());
  await client.query(
    `INSERT INTO platforms (id, name, status, suspended, version, versions_url, announced_parties, peer_token,
       created_at, registered_at)
     SELECT id, 'platform ' || number, 'CONNECTED', false, '2.2.1', $3, '{}', token, now(), now() - interval '1 day'
     FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS platform (id, token, number)`,
    [ids, ids.map((id) => seal.close('token', id)), versionsUrl],
  );
  await client.query(
    `INSERT INTO parties (id, platform_id, country_code, party_id, role, status, status_since, held,
       announced_status, announced_platform_id)
     SELECT gen_random_uuid(), id, 'X' || chr(65 + (number / 1000)::int), lpad((number % 1000)::text, 3, '0'),
       'CPO', 'CONNECTED', now(), true, 'CONNECTED', id
     FROM unnest($1::uuid[]) WITH ORDINALITY AS platform (id, number)`,
    [ids],
  );
}

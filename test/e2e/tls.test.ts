/** TLS that the router and the admin API terminate themselves, from files that are replaced while they serve. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { authorizationHeader } from '@app/ocpi';
import { readSettings, type Settings } from '@app/settings';
import { testAuthority, type TestPlatform } from '@app/testkit';
import { startAdmin } from '../../apps/admin/src/app';
import { freshDatabase } from '../support/database';
import { party, startHub, type TestHub } from '../support/hub';
import { TEST_KEYS } from '../support/processes';
import { getSecurely, TlsFolder } from '../support/tls';
import { until } from '../support/waiting';

const authority = testAuthority('the hub’s authority');
const ca = authority.cert;
const CPO = party('NL*CPO', 'CPO');
const MSP = party('DE*MSP', 'EMSP');

let hub: TestHub;
let folder: TlsFolder;
let versionsUrl: string;
let cpo: TestPlatform;
let msp: TestPlatform;

beforeAll(async () => {
  hub = await startHub();
  folder = new TlsFolder(authority.issue('first'));
  ({ versionsUrl } = await hub.addRouter(folder.env));
  [cpo, msp] = [await joined('cpo', CPO), await joined('msp', MSP)];
});
afterAll(async () => {
  await hub.close();
  folder.remove();
});

async function joined(name: string, own: ReturnType<typeof party>): Promise<TestPlatform> {
  const platform = await hub.start(name, [own], { client: { ca } });
  await platform.register(versionsUrl, (await hub.admin.createPlatform(name, [own])).token_a);
  return platform;
}

function pushed(id: string): ReturnType<TestPlatform['call']> {
  return cpo.call({
    ...{ interfaceRole: 'RECEIVER', module: 'sessions', method: 'PUT', rest: `/NL/CPO/${id}` },
    ...{ from: CPO, to: MSP, body: { id } },
  });
}

test('configuration modules and functional messages are served over TLS, under https URLs', async () => {
  expect(versionsUrl).toMatch(/^https:/);
  expect(cpo.hub.endpoint('sessions', 'RECEIVER')).toMatch(/^https:/);
  expect((await cpo.credentials()).json().status_code).toBe(1000);
  expect((await pushed('S1')).json().status_code).toBe(1000);
  expect((await msp.waitFor(({ rest }) => rest === '/NL/CPO/S1')).body.toString()).toBe('{"id":"S1"}');
});

test('a client that speaks plain HTTP gets no answer', async () => {
  await expect(fetch(versionsUrl.replace('https:', 'http:'))).rejects.toThrow();
});

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused, TLS 1.2 is not', async (version) => {
  const { hostname: host, port } = new URL(versionsUrl);
  const spoken = (of: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
    new Promise((resolve) => {
      const ciphers = 'DEFAULT@SECLEVEL=0';
      const socket = connect({ host, port: Number(port), ca, minVersion: of, maxVersion: of, ciphers });
      socket.once('secureConnect', () => resolve(socket.end().getProtocol() ?? ''));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  expect(await spoken('TLSv1.2')).toBe('TLSv1.2');
  expect(await spoken(version)).toMatch(/ALERT_PROTOCOL_VERSION|ECONNRESET/);
});

describe('a certificate that is renewed under traffic', () => {
  const next = authority.issue('second');
  const served = async (): Promise<string> => (await getSecurely(versionsUrl, { ca })).fingerprint;

  test('is served to new connections once it is whole; no request is lost, no connection closed', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { Authorization: authorizationHeader(cpo.hub.token!) };
    const kept = (): ReturnType<typeof getSecurely> => getSecurely(versionsUrl, { ca, agent, headers });
    const before = await kept();
    const traffic = keepPushing();

    folder.writeCertificate(next.cert);
    await sleep(3_000);
    expect(await served()).toBe(before.fingerprint);

    folder.writeKey(next.key);
    await until(async () => (await served()) === next.fingerprint);
    expect((await kept()).localPort).toBe(before.localPort);
    expect(await traffic.end()).toEqual({ failed: [], some: true });
    agent.destroy();
  });

  test('is not served when its file is cut', async () => {
    folder.writeCertificate(next.cert.slice(0, 300));
    folder.writeKey('');
    await sleep(3_000);
    expect(await served()).toBe(next.fingerprint);
    folder.writeCertificate(next.cert);
    folder.writeKey(next.key);
  });
});

/** Messages one after the other on new connections until it is ended. */
function keepPushing(): { end(): Promise<{ failed: unknown[]; some: boolean }> } {
  let isOver = false;
  let sent = 0;
  const failed: unknown[] = [];
  const pushing = (async () => {
    while (!isOver) {
      const status = await pushed(`T${sent++}`).then((answer) => answer.json().status_code, String);
      if (status !== 1000) failed.push(status);
    }
  })();
  const end = async () => {
    isOver = true;
    await pushing;
    return { failed, some: sent > 10 };
  };
  return { end };
}

describe('the admin API', () => {
  const settingsWith = (env: Record<string, string>): Settings =>
    readSettings({ ...TEST_KEYS, ADMIN_PORT: '0', LOG_LEVEL: 'silent', ...env });

  test('is served over TLS from the same files', async () => {
    const database = await freshDatabase();
    const admin = await startAdmin(settingsWith({ DATABASE_URL: database.url, ...folder.env }));
    expect(admin.url).toMatch(/^https:/);
    const headers = { Authorization: `Bearer ${TEST_KEYS.ADMIN_API_KEY}` };
    const seen = await getSecurely(`${admin.url}/admin/v1/platforms`, { ca, headers });
    expect(seen).toMatchObject({ httpStatus: 200, protocol: 'TLSv1.3' });
    await admin.close();
    await database.drop();
  });

  test.each<[string, () => Record<string, string>]>([
    [
      'TLS_KEY_FILE holds the key of another certificate',
      () => ({ TLS_KEY_FILE: folder.write('k', authority.key) }),
    ],
    ['TLS_KEY_FILE cannot be read', () => ({ TLS_KEY_FILE: folder.write('k', '') + '-nowhere' })],
    ['TLS_CERTIFICATE_FILE holds nothing usable', () => ({ TLS_CERTIFICATE_FILE: folder.write('c', 'x') })],
    ['TLS_CLIENT_CA_FILE holds nothing usable', () => ({ TLS_CLIENT_CA_FILE: folder.write('a', 'x') })],
  ])('does not start when %s', async (reason, change) => {
    const database = await freshDatabase();
    const settings = settingsWith({ DATABASE_URL: database.url, ...folder.env, ...change() });
    await expect(startAdmin(settings)).rejects.toThrow(reason);
    await database.drop();
  });
});

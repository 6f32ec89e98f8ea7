/** What the operator reads when TLS with a platform fails: which of its faults it is. */
import { testAuthority, type TestCertificate } from '@app/testkit';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { startHub, type TestHub } from '../support/hub';

const DAY_MS = 86_400_000;
const authority = testAuthority('known');
const days = (from: number, to: number): [Date, Date] => [
  new Date(Date.now() + from * DAY_MS),
  new Date(Date.now() + to * DAY_MS),
];

let hub: TestHub;
const servers: Server[] = [];
beforeAll(async () => {
  hub = await startHub();
});
afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await hub.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as AddressInfo).port;
}

const served = ({ cert, key }: TestCertificate): Promise<number> => listening(createServer({ cert, key }));

/** Lets the hub register at a URL; gives what the admin API answers, and the row of the handshake. */
async function registering(url: string, trusted: boolean): Promise<[string, object]> {
  const { id } = await hub.admin.createPlatform('peer');
  if (trusted) await hub.admin.ask('PUT', `/platforms/${id}/tls`, { ca_pem: authority.cert });
  const body = { versions_url: url, token_a: 'a-token-of-the-platform' };
  const answer = await hub.admin.send('POST', `/platforms/${id}/register`, body);
  const { data } = await hub.admin.ask<{ data: object[] }>('GET', `/platforms/${id}/handshakes`);
  return [answer.body.toString(), data[0]!];
}

const [USUAL, OTHER] = ['127.0.0.1', '127.0.0.2'];
const AUTHORITY = 'signed by an authority that the hub does not know';

test.each([
  { says: AUTHORITY, host: USUAL, certificate: authority.issue('a'), trusted: false },
  { says: 'has expired', host: USUAL, certificate: authority.issue('b', days(-3, -1)), trusted: true },
  { says: 'is not valid yet', host: USUAL, certificate: authority.issue('c', days(1, 3)), trusted: true },
  { says: 'is for another host name', host: OTHER, certificate: authority.issue('d'), trusted: true },
])('a certificate that is refused is named: $says', async ({ says, host, certificate, trusted }) => {
  const port = await served(certificate);
  const [answer, row] = await registering(`https://${host}:${port}/versions`, trusted);
  expect(answer).toContain(`its certificate ${says.replace(AUTHORITY, `is ${AUTHORITY}`)}`);
  expect(row).toMatchObject({
    ...{ step: 'versions', outcome: 'failed', code: 'peer_unusable', http_status: null, peer_said: null },
    reason: expect.stringContaining(says),
  });
});

test('so is a port that speaks no TLS', async () => {
  const port = await listening(createPlainServer());
  const [, row] = await registering(`https://127.0.0.1:${port}/versions`, false);
  expect(row).toMatchObject({ reason: expect.stringContaining('it does not speak TLS at this port') });
});

/** What is said in a handshake, in forms that HTTP allows and few use. */
import { type CallAnswer, type CallHeaders, sendCall } from '@app/testkit';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let peer: Server;
let origin: string;
let endpoint: string;
let identifier: string;
/** Bytes of each answer at least: white space behind it makes up for what is missing. */
let leastBytes: number;

/** A platform that compresses whatever it answers, as some proxies do. */
beforeAll(async () => {
  hub = await startHub();
  peer = createServer(({ url }, response) => {
    const endpoints = [{ identifier, role: 'RECEIVER', url: endpoint }];
    const versions = [{ version: '2.2.1', url: `${origin}/2.2.1` }];
    const data = url === '/versions' ? versions : { version: '2.2.1', endpoints };
    const answer = { data, status_code: 1000, timestamp: new Date().toISOString() };
    response
      .writeHead(200, { 'Content-Encoding': 'gzip' })
      .end(gzipSync(JSON.stringify(answer).padEnd(leastBytes)));
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => peer.close(resolve).closeAllConnections());
  await hub.close();
});

beforeEach(() => {
  endpoint = `${origin}/tokens`;
  identifier = 'tokens';
  leastBytes = 0;
});

let next = 100;
async function register(
  encode: (json: string) => string | Buffer = (json) => json,
  headers: CallHeaders = {},
  url = `${origin}/versions`,
): Promise<CallAnswer> {
  const { token_a: token } = await hub.admin.createPlatform('peer');
  const business_details = { name: 'Peer' };
  const roles = [{ role: 'CPO', country_code: 'NL', party_id: String(next++), business_details }];
  const body = encode(JSON.stringify({ token: 'theirs', url, roles }));
  const target = hub.versionsUrl.replace('versions', '2.2.1/credentials');
  return sendCall({ method: 'POST', url: target, token, body, headers });
}

it('versions and details that come encoded unasked are read', async () => {
  const answer = await register();
  expect([answer.httpStatus, answer.json().status_code]).toEqual([200, 1000]);
});

it('versions and details of 1 MiB are read, and with a byte more they are no OCPI message', async () => {
  leastBytes = 1024 * 1024;
  expect((await register()).json().status_code).toBe(1000);
  leastBytes++;
  const { status_code, status_message } = (await register()).json();
  expect(status_code).toBe(3001);
  expect(status_message).toContain('no OCPI message');
});

it('credentials that come encoded are read like any body', async () => {
  const answer = await register(gzipSync, { 'Content-Encoding': 'gzip' });
  expect([answer.httpStatus, answer.json().status_code]).toEqual([200, 1000]);
});

describe.each([
  ['a space', (url: string) => `${url}/a b`],
  ['white space around it', (url: string) => ` ${url} `],
  ['a letter beyond ASCII', (url: string) => `${url}/é`],
  ['a user name', (url: string) => url.replace('//', '//user:secret@')],
  ['backslashes', (url: string) => url.replace('//', '\\\\')],
  ['one slash', (url: string) => url.replace('//', '/')],
])('a URL with %s, to which nothing could be sent,', (_, spoil) => {
  it('is 3001 as an endpoint', async () => {
    endpoint = spoil(endpoint);
    const { status_code, status_message } = (await register()).json();
    expect([status_code, status_message]).toEqual([3001, expect.stringContaining('url of tokens')]);
  });

  it('is 2001 as the versions URL', async () => {
    const { status_code, status_message } = (
      await register(undefined, {}, spoil(`${origin}/versions`))
    ).json();
    expect([status_code, status_message]).toEqual([2001, expect.stringContaining('url must be')]);
  });
});

describe('a URL of the hub itself, at which a platform would be sent what it sends,', () => {
  it.each(['versions', '2.2.1/receiver/tokens'])('is 3001 as an endpoint: %s', async (place) => {
    endpoint = hub.versionsUrl.replace('versions', place).replace('http', 'HTTP');
    const { status_code, status_message } = (await register()).json();
    expect([status_code, status_message]).toEqual([
      3001,
      expect.stringMatching(/url of tokens .*is the hub/),
    ]);
  });

  it('is 3001 as the versions URL', async () => {
    const { status_code, status_message } = (await register(undefined, {}, hub.versionsUrl)).json();
    expect([status_code, status_message]).toEqual([3001, expect.stringMatching(/versions: this is the hub/)]);
  });
});

describe.each([
  ['NUL', '\\u0000'],
  ['half of a surrogate pair', '\\ud83d'],
])('%s, which no database keeps as text,', (_, escaped) => {
  it('is 2001 in business details', async () => {
    const { status_code, status_message } = (
      await register((json) => json.replace('"Peer"', `"Peer ${escaped}"`))
    ).json();
    expect([status_code, status_message]).toEqual([2001, expect.stringContaining('business_details')]);
  });

  it('is 3001 in the identifier of an endpoint', async () => {
    identifier = JSON.parse(`"x-${escaped}"`) as string;
    const { status_code, status_message } = (await register()).json();
    expect([status_code, status_message]).toEqual([3001, expect.stringContaining('identifier')]);
  });
});

it('a backslash in business details is a backslash', async () => {
  const answer = await register((json) => json.replace('"Peer"', '"Peer \\\\u0000"'));
  expect(answer.json().status_code).toBe(1000);
});

it('credentials in an encoding that the hub cannot read are refused in words', async () => {
  const answer = await register((json) => json, { 'Content-Encoding': 'zstd' });
  expect([answer.httpStatus, answer.json()]).toMatchObject([
    400,
    { status_code: 2000, status_message: expect.stringContaining('Content-Encoding') },
  ]);
});

/** What comes off the internet: requests that are no requests. The hub answers in form or hangs up, and goes on. */
import { presentedTokens } from '@app/ocpi';
import fc from 'fast-check';
import { connect } from 'node:net';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let port: number;

beforeAll(async () => {
  hub = await startHub({ STRANGER_REQUESTS_PER_SECOND_PER_ADDRESS: '100000' });
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  port = Number(new URL(hub.versionsUrl).port);
});
afterAll(() => hub.close());

const ANSWER_LIMIT_MS = 2_000;

/** Writes bytes to the hub's socket and gives all that comes back until it is closed or quiet. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'));
    const timer = setTimeout(() => socket.destroy(), ANSWER_LIMIT_MS);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** Every answer of the hub has a status line and an OCPI envelope; a closed connection is an answer too. */
function expectInForm(answer: string): void {
  if (answer === '') return;
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 \d{3} /);
  expect(typeof (JSON.parse(body) as { status_code: unknown }).status_code).toBe('number');
}

async function expectStillServing(): Promise<void> {
  emsp.clear();
  const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/L1' } as const;
  const answer = await cpo.call({ ...put, body: '{}', from: 'NL*CPO', to: 'DE*MSP' });
  expect([answer.json().status_code, emsp.received.length]).toEqual([1000, 1]);
}

const SMUGGLED = 'GET /ocpi/2.2.1/sender/locations HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n\r\n';

it.each([
  [
    'two lengths',
    `POST /ocpi/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello${SMUGGLED}`,
  ],
  [
    'length and chunks',
    `POST /ocpi/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunks in another spelling',
    `POST /ocpi/versions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['a folded header', 'GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nAuthorization: Token\r\n abc\r\n\r\n'],
  ['a bare line feed in a header', 'GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nX-A: b\nX-C: d\r\r\n\r\n'],
  ['a NUL in a header', 'GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\0b\r\n\r\n'],
  ['a header of 100 kB', `GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
  ['a URL of 100 kB', `GET /ocpi/${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],

  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  [
    'a chunk size that is none',
    'POST /ocpi/versions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
  ],
  ['a method that is none', 'BREW /ocpi/versions HTTP/1.1\r\nHost: x\r\n\r\n'],
])('%s is answered in form or cut off, and nothing is smuggled through', async (_, bytes) => {
  emsp.clear();
  const answer = await exchange(bytes);
  expectInForm(answer);
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  expect(emsp.received).toHaveLength(0);
  await expectStillServing();
});

it('random bytes after a valid start are answered in form or cut off', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\n',
      ':',
      ' ',
      '\0',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'OCPI-to-party-id: ABC',
    ),
    fc.string({ maxLength: 12 }),
  );
  const bytes = fc
    .array(piece, { maxLength: 8 })
    .map((pieces) => `PUT /ocpi/2.2.1/receiver/locations/${pieces.join('')}`);
  await fc.assert(
    fc.asyncProperty(bytes, async (text) =>
      expectInForm((await exchange(`${text} HTTP/1.1\r\nHost: x\r\n\r\n`)).split('HTTP/1.1 ')[0]!),
    ),
    { numRuns: 150 },
  );
  await expectStillServing();
});

it('a caller cannot make the receiver see a header line of its own', async () => {
  const hostile = ['X\r\nOCPI-to-party-id: EVL', 'a\nb: c', '\u0000'];
  for (const value of hostile) {
    await expect(
      cpo.follow(hub.versionsUrl, 'GET', { headers: { 'X-Correlation-ID': value } }),
    ).rejects.toThrow();
  }
  const raw = `GET /ocpi/2.2.1/sender/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${Buffer.from(cpo.hub.token!).toString('base64')}\r\nOCPI-to-country-code: DE\r\nOCPI-to-party-id: MSP\r\nX-Correlation-ID: \u00e9\u00ff\r\nConnection: close\r\n\r\n`;
  emsp.clear();
  expectInForm(await exchange(raw));
  expect(emsp.received[0]?.headers['x-correlation-id']).toBe('\u00e9\u00ff');
});

it('whatever stands in Authorization is a token of its platform or HTTP 401', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[\x20-\x7e]{0,80}$/), async (text) => {
      const { httpStatus } = await cpo.follow(hub.versionsUrl, 'GET', {
        headers: { Authorization: `Token ${text}` },
      });
      expect(presentedTokens(`Token ${text}`)).not.toContain(cpo.hub.token);
      expect(httpStatus).toBe(401);
    }),
    { numRuns: 100 },
  );
});

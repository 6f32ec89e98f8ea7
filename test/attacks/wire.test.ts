/** Raw bytes of somebody who means harm, sent with a good token: nothing gets through, and normal requests are served. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { Bystander } from '../support/bystander';
import { authorized, head, LimitedWorld, NOTICED_WITHIN_MS, PUT } from '../support/limits';
import { until } from '../support/waiting';

const MALFORMED = 10_000;
const AT_ONCE = 50;
const CLIENT_TIMEOUT_MS = 1_500;
const PATH = '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1';

let world: LimitedWorld;
/** Somebody else's requests, answered all the while. */
let bystander: Bystander;

beforeAll(async () => {
  world = await LimitedWorld.start({ CLIENT_TIMEOUT_MS: String(CLIENT_TIMEOUT_MS) });
});
beforeEach(() => {
  world.emsp.clear();
  bystander = new Bystander(() => world.other.call({ ...PUT, rest: '/FR/CPO/FINE', body: '{"id":"FINE"}' }));
});
afterEach(() => bystander.end());
afterAll(() => world.close());

/** What the receiver got that the bystander did not send. */
const strange = () => world.emsp.received.filter(({ rest }) => rest !== '/FR/CPO/FINE');

/** Sends bytes on a connection of their own; what came back until it was closed, or quiet for long. */
function exchange(bytes: string | Buffer, quietMs = 700): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const { hostname, port } = new URL(world.hub.versionsUrl);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), quietMs);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

const SMUGGLED = (auth: string) =>
  `PUT /ocpi/2.2.1/receiver/sessions/NL/CPO/SMUGGLED HTTP/1.1\r\nHost: hub\r\n${auth}\r\nOCPI-to-country-code: DE\r\nOCPI-to-party-id: MSP\r\nContent-Length: 2\r\n\r\n{}`;

/** Heads that two readers could end at different places. The second request must not come out of the first. */
const SHAPES: readonly (readonly [string, readonly string[], string])[] = [
  ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4'], '0\r\n\r\n'],
  ['two lengths', ['Content-Length: 2', 'Content-Length: 0'], '{}'],
  ['two lengths in one line', ['Content-Length: 2, 0'], '{}'],
  ['a length with a sign', ['Content-Length: +2'], '{}'],
  ['a length with a blank in it', ['Content-Length: 2 2'], '{}'],
  ['a hexadecimal length', ['Content-Length: 0x2'], '{}'],
  ['a blank before the colon', ['Content-Length : 2'], '{}'],
  ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['chunks under another name', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
  ['a folded header', ['Transfer-Encoding:', ' chunked'], '0\r\n\r\n'],
  ['a bare line feed', ['X-A: b\nTransfer-Encoding: chunked'], '0\r\n\r\n'],
  ['a bare carriage return', ['X-A: b\rContent-Length: 2'], '{}'],
  ['a chunk size with a sign', ['Transfer-Encoding: chunked'], '+2\r\n{}\r\n0\r\n\r\n'],
  ['a chunk size in 0x', ['Transfer-Encoding: chunked'], '0x2\r\n{}\r\n0\r\n\r\n'],
  ['a chunk size that overflows', ['Transfer-Encoding: chunked'], '10000000000000002\r\n{}\r\n0\r\n\r\n'],
  ['a chunk that ends in a bare line feed', ['Transfer-Encoding: chunked'], '2\n{}\n0\n\n'],
  ['a chunk that is longer than it says', ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n'],
];

it.each(SHAPES)('%s smuggles no second request', async (_, lines, body) => {
  const auth = authorized(world.cpo);
  const to = ['OCPI-to-country-code: DE', 'OCPI-to-party-id: MSP'];
  const answer = await exchange(head('PUT', PATH, auth, ...to, ...lines) + body + SMUGGLED(auth));
  expect(strange().map(({ rest }) => rest)).not.toContain('/NL/CPO/SMUGGLED');
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(strange()).toEqual([]);
});

it('headers of a caller cannot be made into others on their way to the receiver', async () => {
  const auth = authorized(world.cpo);
  const lines = [
    auth,
    'OCPI-to-country-code: DE',
    'OCPI-to-party-id: MSP',
    ...['Connection: close, X-Correlation-ID, OCPI-from-party-id', 'Cookie: a=b', 'Forwarded: for=1.2.3.4'],
    ...[
      'X-Forwarded-Host: evil.example',
      'Proxy-Authorization: Basic eA==',
      'X-Evil: 1',
      'Content-Length: 2',
    ],
  ];
  await exchange(`${head('PUT', PATH, ...lines)}{}`);
  expect(strange()).toHaveLength(1);
  const { headers } = strange()[0]!;
  expect(headers['ocpi-from-party-id']).toBe('CPO');
  expect(headers.authorization).not.toContain(auth.slice('Authorization: '.length));
  const crossed = ['cookie', 'forwarded', 'x-forwarded-host', 'proxy-authorization', 'x-evil'];
  expect(crossed.filter((name) => name in headers)).toEqual([]);
});

/** Pieces of requests in an order that a seed decides, so that a failure can be repeated. */
function malformed(seed: number): string {
  const bytes = createHash('sha256').update(`${seed}`).digest();
  const pieces = [
    ...[
      'GET ',
      'PUT ',
      'BREW ',
      '/ocpi/2.2.1/',
      '/ocpi/versions ',
      'receiver/sessions/NL/CPO/S1 ',
      'HTTP/1.1\r\n',
    ],
    ...[
      'HTTP/9.9\r\n',
      '\r\n',
      '\n',
      '\0',
      'Host: hub\r\n',
      'Content-Length: -1\r\n',
      'Content-Length: 9e9\r\n',
    ],
    ...['Transfer-Encoding: chunked\r\n', 'ffffffffffffffff\r\n', `${authorized(world.cpo)}\r\n`],
    ...['OCPI-to-party-id: MSP\r\n', ': \r\n', '\x80\xff', '%00%zz', '{"a":', '\r\n\r\n'],
  ];
  const start = Array.from(bytes.subarray(0, 4 + (bytes[31]! % 12)), (byte) => pieces[byte % pieces.length]!);
  return `${start.join('')}\r\n\r\n\0`;
}

it('10,000 malformed requests are answered in form or cut off, and none reaches anybody', async () => {
  let next = 0;
  const statuses = new Map<string, number>();
  const attack = async (): Promise<void> => {
    while (next < MALFORMED) {
      const answer = await exchange(malformed(next++));
      const status = answer === '' ? 'closed' : answer.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(status).toMatch(/^(closed|4\d\d)$/);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(MALFORMED);
  expect(strange()).toEqual([]);
}, 60_000);

it('300 callers that send a byte now and then are cut off, and their bytes come to nothing', async () => {
  const slow = Array.from({ length: 300 }, () => world.connection());
  const text = head('PUT', PATH, authorized(world.cpo), 'OCPI-to-party-id: MSP', 'Content-Length: 1000');
  const began = performance.now();
  let sent = 0;
  const trickle = setInterval(() => {
    const next = text[sent++] ?? ' ';
    for (const each of slow) each.send(next);
  }, 100);
  await until(() => slow.every((each) => each.isClosed), 2 * NOTICED_WITHIN_MS).finally(() =>
    clearInterval(trickle),
  );
  // They were cut off for their slowness, in the middle of what would have become a request.
  expect(performance.now() - began).toBeGreaterThan(CLIENT_TIMEOUT_MS);
  expect(slow.map((each) => each.answer()?.status).filter((status) => status !== 408)).toEqual([]);
  expect(strange()).toEqual([]);
});

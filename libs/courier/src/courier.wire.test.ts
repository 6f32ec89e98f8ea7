/** What is really written: every assertion is on the bytes that a raw socket received. */
import { type Courier } from '@app/hub';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createCourier } from './courier';
import { LIMITS } from './limits.fixture';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let courier: Courier;
let server: Server;
let received: string;
let sockets: Socket[];
beforeEach(async () => {
  received = '';
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      socket.write(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // One connection, so that the second request meets what became of the first one's.
  courier = createCourier({ ...LIMITS, connectionsPerOrigin: 1 });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await courier.close();
});

function send(
  target: string,
  headers: readonly string[] = [],
  body: Uint8Array | null = null,
  method = 'GET',
) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${target}`;
  return courier.send({ platformId: 'p1', method, url, headers, body, timeoutMs: 1_000 });
}

test.each([
  '/a//b/../c?x=%zz&y=+&y=2',
  '/./%2e%2E/%2F?',
  '/ocpi/2.2.1/receiver/tokens/NL/TNM/a%20b;c=d?type=RFID&type=',
  '/!$&\'()*+,;=:@[]{}|\\^`~"<>',
  '/caf\u00e9?q=\u00ff',
])('the path and query %s are written byte for byte', async (target) => {
  await send(target);
  expect(received.split('\r\n', 1)[0]).toBe(`GET ${target} HTTP/1.1`);
});

test('a URL without a path asks for the root, its query kept', async () => {
  await send('?date_from=2024-01-01T00:00:00Z');
  expect(received.split(' ')[1]).toBe('/?date_from=2024-01-01T00:00:00Z');
});

test.each(['/a b', '/a\r\nX-Injected: 1', '/a\nb', '/a\tb', '/a\u0000b', '/a\u007fb', '/\u20ac'])(
  'the path %j is refused and nothing is written',
  async (target) => {
    await expect(send(target)).rejects.toMatchObject({ kind: 'forbidden_destination' });
    expect(received).toBe('');
  },
);

test('headers are written in their order and spelling, repeated ones repeated', async () => {
  const headers = ['X-Request-ID', '1', 'ocpi-FROM-party-id', 'TNM', 'X-Repeated', 'a', 'x-repeated', 'b'];
  await send('/', headers);
  expect(received).toContain(
    'X-Request-ID: 1\r\nocpi-FROM-party-id: TNM\r\nX-Repeated: a\r\nx-repeated: b\r\n',
  );
});

test('a body is written byte for byte with its length', async () => {
  const body = Buffer.from('{"v": 1.00, "v": 1e2, "s": "\\u00e9 \u00e9"}\n');
  await send('/', ['Content-Type', 'application/json'], body, 'PATCH');
  expect(received).toContain(`content-length: ${body.length}\r\n\r\n${body.toString('latin1')}`);
});

test('a header with a line break is refused, nothing is written, and the next request works', async () => {
  await expect(send('/', ['X-Bad', 'a\r\nX-Injected: 1'])).rejects.toMatchObject({
    code: 'UND_ERR_INVALID_ARG',
  });
  expect(received).toBe('');
  expect((await send('/')).body.toString()).toBe('ok');
});

test('an interim answer is passed over, the final one comes back', async () => {
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.once('data', () => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ANSWER}`));
  });
  const answer = await send('/');
  expect(answer).toMatchObject({ httpStatus: 200, headers: { 'content-length': '2' } });
  expect(answer.headers['link']).toBeUndefined();
});

test('200 requests one after the other use at most two connections', async () => {
  await courier.close();
  courier = createCourier(LIMITS);
  for (let sent = 0; sent < 200; sent += 1) await send('/');
  expect(sockets.length).toBeLessThanOrEqual(2);
});

test.each(['GET', 'POST'])(
  'a %s is written once, over a new connection, when the peer closed the idle one',
  async (method) => {
    await send('/first');
    sockets[0]?.end();
    await new Promise((resolve) => setImmediate(resolve));
    received = '';
    await send('/second', [], null, method);
    expect(received.match(/\/second/g)).toHaveLength(1);
    expect(sockets).toHaveLength(2);
  },
);

test.each(['GET', 'PUT', 'POST'])(
  'a %s whose connection breaks after it was written is never written again',
  async (method) => {
    await send('/first');
    const [socket] = sockets;
    socket?.removeAllListeners('data').once('data', (bytes) => {
      received += bytes.toString('latin1');
      socket.resetAndDestroy();
    });
    await expect(send('/second', [], null, method)).rejects.toMatchObject({ kind: 'reset' });
    expect(received.match(/\/second/g)).toHaveLength(1);
  },
);

test('a request is sent though its connections are given up in the moment that it was taken in', async () => {
  await courier.close();
  const settings = [undefined, { ca: '', client: null }];
  courier = createCourier({ ...LIMITS, tlsOf: () => settings.shift() });
  const answers = await Promise.all([send('/first'), send('/second')]);
  expect(answers.map(({ body }) => body.toString())).toEqual(['ok', 'ok']);
  expect(received.match(/\/(first|second)/g)?.sort()).toEqual(['/first', '/second']);
});

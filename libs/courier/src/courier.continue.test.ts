/** Servers that send `100 Continue` to everybody. Spec: RFC 9110, 15.2. */
import { type Courier } from '@app/hub';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createCourier } from './courier';
import { LIMITS } from './limits.fixture';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let courier: Courier;
let server: Server;
let pieces: readonly string[];
let connections: Socket[];
beforeEach(async () => {
  connections = [];
  server = createServer({ noDelay: true }, (socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (!/\r\n\r\n/.test(bytes.toString('latin1'))) return;
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  courier = createCourier({ ...LIMITS, connectionsPerOrigin: 1 });
});
afterEach(async () => {
  for (const socket of connections) socket.destroy();
  server.close();
  await courier.close();
});

async function sent(body: Buffer | null = null): Promise<string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const method = body ? 'POST' : 'GET';
  const answer = await courier.send({ platformId: 'p1', method, url, headers: [], body, timeoutMs: 1_000 });
  return `${answer.httpStatus} ${answer.body.toString()}`;
}

test.each([
  ['in one piece with the answer', [CONTINUE + ANSWER]],
  ['before the answer', [CONTINUE, ANSWER]],
  [
    'in pieces',
    ['HTTP/1.1 1', '00 Cont', 'inue\r\nX-A: 1\r', '\n\r\nHTTP/1.1 200 OK\r\n', 'Content-Length: 2\r\n\r\nok'],
  ],
  ['twice', [CONTINUE + CONTINUE, ANSWER]],
])('an unasked 100 Continue %s is read past, and the connection is used again', async (_, said) => {
  pieces = said;
  expect([await sent(), await sent(Buffer.from('{}')), await sent()]).toEqual(['200 ok', '200 ok', '200 ok']);
  expect(connections).toHaveLength(1);
});

test('a body that begins like one stays whole', async () => {
  const body = `${CONTINUE}x`;
  pieces = [`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`, body];
  expect(await sent()).toBe(`200 ${body}`);
});

test('an interim answer without an end is a fault, not memory', async () => {
  pieces = [`HTTP/1.1 100 Continue\r\nX: ${'a'.repeat(8_000)}`, 'a'.repeat(40_000)];
  await expect(sent()).rejects.toMatchObject({ name: 'CourierFault' });
});

test('a server that says nothing but 100 Continue has not answered', async () => {
  pieces = [CONTINUE];
  await expect(sent()).rejects.toMatchObject({ kind: 'answer_timeout' });
});

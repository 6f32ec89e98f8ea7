/** How bodies of functional messages are read off the socket, in the ways that a well-behaved client never uses. */
import { connect, type Socket } from 'node:net';
import { authorizationHeader } from '@app/ocpi';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub({ MAX_BODY_BYTES: '4096' });
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
});
afterAll(() => hub.close());
beforeEach(() => emsp.clear());

/** A request head of the CPO to the eMSP, without the lines that tell how long the body is. */
function head(method: string, length: string): string {
  return [
    `${method} /ocpi/2.2.1/receiver/sessions/NL/CPO/S1 HTTP/1.1`,
    'Host: hub',
    `Authorization: ${authorizationHeader(cpo.hub.token ?? '')}`,
    'Content-Type: application/json',
    'X-Request-ID: r1',
    'X-Correlation-ID: c1',
    ...['OCPI-to-country-code: DE', 'OCPI-to-party-id: MSP'],
    length,
    '\r\n',
  ].join('\r\n');
}

function chunk(bytes: string): string {
  return `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
}

function dial(): Socket {
  const { hostname, port } = new URL(hub.versionsUrl);
  return connect(Number(port), hostname);
}

/** What comes back until a text is there, or the connection ends. */
function readUntil(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let all = '';
    socket.on('data', (data) => {
      all += data.toString();
      if (all.includes(text)) resolve(all);
    });
    socket.on('error', () => resolve(all));
    socket.on('close', () => resolve(all));
  });
}

describe('a body of a functional message', () => {
  it('in chunks arrives in one piece, byte for byte', async () => {
    const socket = dial();
    socket.write(head('PUT', 'Transfer-Encoding: chunked'));
    socket.write(chunk('{"id": "S1", ') + chunk('"kwh": 1.00}') + '0\r\n\r\n');
    expect(await readUntil(socket, 'status_code')).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
    expect(emsp.received.map(({ body }) => body.toString())).toEqual(['{"id": "S1", "kwh": 1.00}']);
  });

  it('in chunks that grow over the limit is answered with 413, and nothing after it is read', async () => {
    const socket = dial();
    socket.write(head('PUT', 'Transfer-Encoding: chunked') + chunk(`"${'x'.repeat(5_000)}`));
    const answer = await readUntil(socket, 'never comes');
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/\r\nX-Request-ID: r1\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toMatch(/"status_code":2000/);
    expect(emsp.received).toEqual([]);
  });

  it('that is cut off by its sender goes nowhere, and the hub goes on', async () => {
    const socket = dial();
    socket.write(head('PUT', 'Content-Length: 100') + '{"id":', () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
    const answer = await cpo.call({
      ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1', body: '{}' },
      ...{ from: 'NL*CPO', to: 'DE*MSP' },
    });
    expect(answer.httpStatus).toBe(200);
    expect(emsp.received.map(({ body }) => body.toString())).toEqual(['{}']);
  });

  it('of a GET stays behind, and the next request on the connection is read from its beginning', async () => {
    const socket = dial();
    socket.write(head('GET', 'Content-Length: 9') + '{"a":"b"}' + head('PUT', 'Content-Length: 2') + '{}');
    await emsp.waitFor(({ method }) => method === 'PUT');
    socket.destroy();
    expect(emsp.received.map(({ method, body }) => [method, body.toString()])).toEqual([
      ['GET', ''],
      ['PUT', '{}'],
    ]);
  });
});

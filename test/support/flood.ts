/** Far more bytes than anybody should take, for as long as they are taken. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type Writable } from 'node:stream';

const MEBIBYTE = 1024 * 1024;
export const FLOOD_BYTES = 100 * MEBIBYTE;
const PIECE = Buffer.alloc(MEBIBYTE, ' ');
const CHUNK = Buffer.concat([Buffer.from(`${MEBIBYTE.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')]);

/** How the length of a body is told: before it, or piece by piece. */
export type Framing = 'declared' | 'chunked';

export const FRAMINGS: readonly Framing[] = ['declared', 'chunked'];

/** The header line that goes with a framing. */
export function framingLine(framing: Framing): string {
  return framing === 'declared' ? `Content-Length: ${FLOOD_BYTES}` : 'Transfer-Encoding: chunked';
}

/** Writes piece after piece, each when the one before was taken; resolves to the bytes that were until the stream ended. */
async function pour(stream: Writable, piece: Buffer): Promise<number> {
  const closed = new Promise<boolean>((resolve) => stream.once('close', () => resolve(false)));
  for (let taken = 0; taken < FLOOD_BYTES; taken += MEBIBYTE) {
    const written = new Promise<boolean>((resolve) => stream.write(piece, (error) => resolve(!error)));
    if (!(await Promise.race([written, closed]))) return taken;
  }
  stream.end();
  return FLOOD_BYTES;
}

/** What came of a request with such a body. */
export interface Flooded {
  readonly takenBytes: number;
  readonly answer: string;
}

/** Sends the head of a request and then its body, on a connection of its own, and does not stop for an answer. */
export function flood(url: string, head: string, framing: Framing): Promise<Flooded> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    let takenBytes: Promise<number> = Promise.resolve(0);
    const socket = connect(Number(port), hostname, () => {
      socket.write(head);
      takenBytes = pour(socket, framing === 'declared' ? PIECE : CHUNK);
    });
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => void takenBytes.then((taken) => resolve({ takenBytes: taken, answer })));
  });
}

/** A server whose every answer is such a body. */
export class FloodingServer {
  /** Of each answer, the bytes that were taken. */
  readonly taken: Promise<number>[] = [];
  private readonly server: Server;

  private constructor(framing: Framing) {
    this.server = createServer((request, response) => {
      request.resume();
      const length = framing === 'declared' ? { 'Content-Length': FLOOD_BYTES } : {};
      response.writeHead(200, { 'Content-Type': 'application/json', ...length });
      this.taken.push(pour(response, PIECE));
    });
  }

  static async start(framing: Framing): Promise<FloodingServer> {
    const flooding = new FloodingServer(framing);
    await new Promise<void>((resolve) => flooding.server.listen(0, '127.0.0.1', resolve));
    return flooding;
  }

  /** Scheme and authority under a name of the server. */
  originAs(name: string): string {
    return `http://${name}:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

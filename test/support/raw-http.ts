/** HTTP by hand: half requests, slow ones, and callers that do not read. */
import { connect, type Socket } from 'node:net';

/** An answer of the hub as it came off the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One connection to the hub. */
export class RawConnection {
  private readonly socket: Socket;
  private text = '';
  private closedAt: number | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.socket.on('data', (data) => (this.text += data.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closedAt = performance.now()));
    // The other side is done: so are we.
    this.socket.on('end', () => this.socket.destroy());
  }

  get isClosed(): boolean {
    return this.closedAt !== undefined;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Takes nothing more from the system's buffer. */
  stopReading(): void {
    this.socket.pause();
  }

  goOnReading(): void {
    this.socket.resume();
  }

  /** What came so far; `undefined` while it is not a whole head. */
  answer(): RawAnswer | undefined {
    const [head = '', body] = this.text.split('\r\n\r\n');
    if (body === undefined) return undefined;
    const [first = '', ...lines] = head.split('\r\n');
    const headers = lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 2),
    ]);
    return {
      status: Number(first.split(' ')[1]),
      headers: Object.fromEntries(headers) as Record<string, string>,
      body,
    };
  }

  close(): void {
    this.socket.destroy();
  }
}

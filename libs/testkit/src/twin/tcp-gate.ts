import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What the gate does with connections. */
type Mode = 'open' | 'shut' | 'frozen';

/**
 * A gate before a TCP server (a database), on 127.0.0.1: what stands behind it can be made to vanish, to fall
 * silent, and to come back, without touching the server that other tests use.
 */
export class TcpGate {
  private mode: Mode = 'open';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** Opens a gate before the host and port of a URL. */
  static async before(url: string): Promise<TcpGate> {
    const server = createServer();
    const gate = new TcpGate(server, new URL(url));
    server.on('connection', (socket) => gate.pass(socket));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return gate;
  }

  /** The same URL, by way of the gate. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Breaks every connection and every new one, as a server that was stopped. */
  shut(): void {
    this.mode = 'shut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Lets connections stand, and new ones in, but no byte passes any more. */
  freeze(): void {
    this.mode = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  /** Back to normal: frozen connections go on, new ones pass. */
  open(): void {
    this.mode = 'open';
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((closed) => this.server.close(closed));
  }

  private pass(near: Socket): void {
    if (this.mode === 'shut') {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    this.join(near, far);
    this.join(far, near);
    if (this.mode === 'frozen') this.freeze();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}

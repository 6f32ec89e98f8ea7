import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { TEST_ONLY_CERTIFICATE, TEST_ONLY_KEY } from './tls-fixture';

export type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on 127.0.0.1 that can be stopped at once and started again on the same port. */
export class Listener {
  /** Connections accepted since the start. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(
    private readonly answer: Answerer,
    private readonly scheme: 'http' | 'https' = 'http',
    private readonly tls: ServerOptions = { key: TEST_ONLY_KEY, cert: TEST_ONLY_CERTIFICATE },
    public port = 0,
  ) {}

  /** Connections open now. */
  get open(): number {
    return this.sockets.size;
  }

  get origin(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** Listens: on a free port the first time, unless one was given, and on the same one after that. */
  async start(): Promise<void> {
    const server = this.create();
    server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Stops listening and cuts every connection: what a killed process looks like from outside. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private create(): Server {
    if (this.scheme === 'http') return createServer(this.answer);
    return createTlsServer(this.tls, this.answer) as Server;
  }
}

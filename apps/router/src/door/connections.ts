/**
 * Whose connections they are.
 *
 * A connection is a stranger's until it has shown a known token; from then on it is its platform's. One on which a
 * second platform speaks is that of a proxy, and counts for nobody.
 */
import { type Account } from '@app/hub';
import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Of all connections, so many may be strangers': the others stay for those who have a name. */
const STRANGERS_SHARE = 1 / 4;

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerPlatform: number;
}

/** What is known about one connection. */
export class Connection {
  /** The `Authorization` that was last found good here, and whose it is: the next request most likely shows it again. */
  authorization: string | undefined;
  caller: Account | undefined;
  /** Requests that were not answered yet: more than one when the caller pipelines. */
  underWay = 0;
  owner: Account | 'nobody' | undefined;
}

/** The connections of one listener. */
export class Connections {
  private readonly known = new WeakMap<Socket, Connection>();
  private readonly strangers = new Set<Socket>();
  private readonly maxStrangers: number;
  private named = 0;
  private closed = false;

  /** @param onShed told of each connection that was closed, or not taken, because there were too many */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly onShed: () => void,
  ) {
    this.maxStrangers = Math.max(1, Math.floor(limits.maxConnections * STRANGERS_SHARE));
  }

  /** How many there are now: of those who have shown a known token, and of the others. */
  get counts(): { readonly named: number; readonly strangers: number } {
    return { named: this.named, strangers: this.strangers.size };
  }

  /** Follows the connections of a server, TLS or not. */
  watch(server: Server): void {
    server.maxConnections = this.limits.maxConnections;
    server.on('drop', this.onShed);
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.greet(socket);
    });
  }

  of(socket: Socket): Connection {
    return this.known.get(socket) ?? this.greet(socket);
  }

  /** Whether a connection has shown no known token yet. */
  isStranger(socket: Socket): boolean {
    return this.of(socket).owner === undefined;
  }

  /** Makes a connection a platform's. @returns false when it has as many as it may */
  claim(socket: Socket, connection: Connection, account: Account): boolean {
    const { owner } = connection;
    if (owner === account || owner === 'nobody') return true;
    if (owner) {
      owner.connections -= 1;
      connection.owner = 'nobody';
      return true;
    }
    if (account.connections >= this.limits.maxConnectionsPerPlatform) return false;
    account.connections += 1;
    this.named += 1;
    connection.owner = account;
    this.strangers.delete(socket);
    return true;
  }

  /** Strangers do not hold the end of the process up: node waits for connections that have said nothing yet. */
  close(): void {
    this.closed = true;
    for (const socket of this.strangers) socket.destroy();
  }

  private greet(socket: Socket): Connection {
    if (this.closed) socket.destroy();
    const connection = new Connection();
    this.known.set(socket, connection);
    this.strangers.add(socket);
    if (this.strangers.size > this.maxStrangers) this.shedOldest();
    socket.once('close', () => {
      this.strangers.delete(socket);
      if (connection.owner !== undefined) this.named -= 1;
      if (typeof connection.owner === 'object') connection.owner.connections -= 1;
      connection.owner = 'nobody';
    });
    return connection;
  }

  /** Whoever has a token shows it in the first moment: the one that waited longest most likely never will. */
  private shedOldest(): void {
    const [oldest] = this.strangers;
    if (oldest === undefined) return;
    this.strangers.delete(oldest);
    oldest.destroy();
    this.onShed();
  }
}

/**
 * The door: every request to the OCPI listener passes it before its body is read.
 *
 * form → who is calling? → connections → requests a second → requests in flight and bytes → in
 *
 * Nothing here waits for anything, except for the look-up of a token that this process has never seen.
 */
import {
  type Account,
  Accounts,
  asHubError,
  hashToken,
  type HubError,
  type Outgoing,
  rateOf,
  refusalAnswer,
  refuse,
  Room,
  tokensOf,
  tooMany,
} from '@app/hub';
import { type Settings } from '@app/settings';
import { type RequestListener, type Server } from 'node:http';
import { isFunctional } from '../edge/functional';
import { incomingFrom } from '../edge/message';
import { type RouterParts } from '../parts';
import { Connections } from './connections';
import { type Admission, Reception } from './reception';
import { Refusals } from './refusals';
import { Visit } from './visit';
import { bodyLength, type Visitor } from './visitor';
import { requireForm } from './wire-limits';

export type DoorLimits = Pick<
  Settings,
  | 'clientTimeoutMs'
  | 'maxBodyBytes'
  | 'maxConnections'
  | 'maxConnectionsPerPlatform'
  | 'maxHeldBodyBytes'
  | 'maxInFlight'
  | 'requestsPerSecondPerPlatform'
  | 'strangerRequestsPerSecondPerAddress'
>;

/** A platform has too many connections after a restart or with a leak, and until the old ones time out. */
const CONNECTIONS_RETRY_MS = 1_000;

export class Door implements Admission {
  /** What the platforms spend here. */
  readonly accounts: Accounts;
  private readonly rooms: { readonly requests: Room; readonly bytes: Room };
  private readonly connections: Connections;
  private readonly reception: Reception;
  private readonly refusals: Refusals;

  constructor(
    private readonly parts: RouterParts,
    private readonly limits: DoorLimits,
  ) {
    this.accounts = new Accounts(rateOf(limits.requestsPerSecondPerPlatform), () => performance.now());
    this.rooms = { requests: new Room(limits.maxInFlight), bytes: new Room(limits.maxHeldBodyBytes) };
    this.refusals = new Refusals(parts.log, parts.health.metrics);
    this.connections = new Connections(limits, () => this.refusals.shed());
    this.reception = new Reception(parts, this, limits.strangerRequestsPerSecondPerAddress);
    this.showUse();
  }

  /** Follows the connections of the server whose requests pass this door. */
  watch<S extends Server>(server: S): S {
    // Node leaves out, without a word, the headers beyond its limit: here they are counted and refused.
    server.maxHeadersCount = 0;
    this.connections.watch(server);
    return server;
  }

  /** Before the server is closed: nobody new comes in. */
  close(): Promise<void> {
    this.connections.close();
    return Promise.resolve();
  }

  /** What the server calls for each request; `next` gets those that may come in. */
  guard(next: RequestListener): RequestListener {
    return (request, response) => {
      const visitor = { request, response, connection: this.connections.of(request.socket) };
      let caller: Account | undefined;
      try {
        requireForm(request);
        caller = this.callerOf(visitor);
        if (caller) this.admit(visitor, caller);
      } catch (error) {
        this.turnAway(visitor, asHubError(error), caller);
        return;
      }
      if (caller) next(request, response);
      else void this.reception.meet(visitor, () => next(request, response));
    };
  }

  /** Whoever showed a good token on this connection is not looked up again: what it may do is decided further in. */
  callerOf({ request: { headers }, connection }: Visitor): Account | undefined {
    const { authorization } = headers;
    if (authorization === undefined) return undefined;
    if (authorization === connection.authorization) return connection.caller;
    const date = this.parts.now();
    for (const token of tokensOf(headers)) {
      const holder = this.parts.directory.holderOf(hashToken(token), date);
      if (!holder) continue;
      connection.authorization = authorization;
      return (connection.caller = this.accounts.of(holder.platform.id));
    }
    return undefined;
  }

  /** @throws HubError `too_many_connections`, `too_many_requests`, `too_many_in_flight`, `hub_full` */
  admit(visitor: Visitor, caller: Account): void {
    const { request, connection } = visitor;
    if (!this.connections.claim(request.socket, connection, caller)) {
      throw tooMany('too_many_connections', CONNECTIONS_RETRY_MS);
    }
    this.accounts.spend(caller);
    const length = bodyLength(request, this.limits.maxBodyBytes);
    const visit = this.visit(visitor, caller, length);
    if (length === undefined) visit.measure(request, (full) => this.turnAway(visitor, full, caller));
  }

  visit({ response, connection }: Visitor, caller: Account, length = 0): Visit {
    // Answers to pipelined requests wait for one another, each as long as an answer may be.
    const waiting = connection.underWay > 0 ? this.limits.maxBodyBytes : 0;
    const visit = new Visit(caller, this.rooms, connection, length + waiting);
    visit.follow(response, this.limits.clientTimeoutMs);
    return visit;
  }

  turnAway(visitor: Visitor, error: HubError, caller: Account | undefined): void {
    const closes = visitor.connection.owner === undefined;
    this.refusals.give(visitor, error, { caller, closes, answer: () => this.refusal(visitor, error) });
  }

  /** Refusals for a limit are counted and not written to the message log, which a flood must not fill; a 401 is. */
  private refusal({ request }: Visitor, error: HubError): Outgoing {
    const incoming = incomingFrom(request, request.url ?? '/', null);
    if (error.code === 'unauthorized' && isFunctional(request)) return refuse(incoming, error, this.parts);
    return refusalAnswer(error, incoming.ids, this.parts.now());
  }

  private showUse(): void {
    const { requests, bytes } = this.rooms;
    const { metrics } = this.parts.health;
    const show = (name: string, help: string, room: Room): void => {
      metrics.gauge({
        name,
        help,
        collect() {
          this.set(room.used);
        },
      });
    };
    show('hub_requests_in_flight', 'Requests that are not answered yet, of at most MAX_IN_FLIGHT', requests);
    show('hub_held_body_bytes', 'Bytes of bodies held for them, of at most MAX_HELD_BODY_BYTES', bytes);
    const { connections } = this;
    metrics.gauge({
      name: 'hub_connections',
      help: 'Connections, of at most MAX_CONNECTIONS: of those who have shown a known token, and of strangers',
      labelNames: ['of'],
      collect() {
        for (const [of, count] of Object.entries(connections.counts)) this.set({ of }, count);
      },
    });
  }
}

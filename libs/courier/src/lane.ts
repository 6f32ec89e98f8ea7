import { type CourierRequest, onceAllCame, OWN_MARK_HEADER } from '@app/hub';
import { type buildConnector, Pool } from 'undici';
import { type Carrier, type Exchange } from './exchange';

/** Below the 5 s after which many servers close an idle connection, so that the hub closes it first. */
const KEEP_ALIVE_MS = 4_000;
/** What a peer's `Keep-Alive: timeout=` hint may raise it to. */
const KEEP_ALIVE_MAX_MS = 60_000;
const MAX_ANSWER_HEADER_BYTES = 32 * 1024;

export interface LaneOptions {
  readonly userAgent: string;
  readonly ownMark: string;
  readonly connectionsPerOrigin: number;
  readonly connect: buildConnector.connector;
  /** Called when the caller of a request has its outcome. */
  readonly onSettled: () => void;
  /** Asked for room for bytes of an answer. */
  readonly hold: (bytes: number) => boolean;
  /** Called when a request of this lane is over, with the bytes that were held for it. */
  readonly onReleased: (request: CourierRequest, heldBytes: number) => void;
}

/**
 * The pool of connections to one origin of one platform.
 *
 * Pipelining stays 1: with more, undici may re-send what was already written. With 1 it re-queues a request
 * only while nothing of it was written, for example when the peer closed the idle connection that it was
 * meant for. That is the whole of the hub's re-sending: once a byte may have left, a lost connection is a
 * `reset`, whatever the method.
 */
export class Lane implements Carrier {
  connecting = 0;
  spoiled = false;
  inFlight = 0;
  lastUsedMs = Date.now();
  private readonly pool: Pool;
  /** What every request of the hub says. */
  private readonly ownHeaders: readonly string[];

  constructor(
    origin: string,
    private readonly options: LaneOptions,
  ) {
    const { userAgent, ownMark } = options;
    this.ownHeaders = ['User-Agent', userAgent, 'Accept', 'application/json', OWN_MARK_HEADER, ownMark];
    this.pool = new Pool(origin, {
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      // The exchange keeps its own time; undici's timers are about a second coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
      connect: this.countConnecting(options.connect),
    });
  }

  /** @param target path and query, written on the request line as they are */
  carry(request: CourierRequest, target: string, exchange: Exchange): void {
    this.inFlight += 1;
    this.lastUsedMs = Date.now();
    const { method, body } = request;
    const headers = [...request.headers, ...this.ownHeaders];
    const options = { path: target, method, headers, body };
    onceAllCame(() => {
      this.pool.dispatch(options, exchange);
      exchange.handedOver();
    });
  }

  settled(): void {
    this.options.onSettled();
  }

  hold(bytes: number): boolean {
    return this.options.hold(bytes);
  }

  released(request: CourierRequest, heldBytes: number): void {
    this.inFlight -= 1;
    this.options.onReleased(request, heldBytes);
  }

  isIdle(sinceMs: number): boolean {
    return this.inFlight === 0 && this.lastUsedMs <= sinceMs;
  }

  /** Closes the connections as the requests on them end, those that are about to be handed over among them. */
  close(): void {
    onceAllCame(() => void this.pool.close());
  }

  /** Cuts the connections. */
  destroy(): Promise<void> {
    return this.pool.destroy();
  }

  private countConnecting(connect: buildConnector.connector): buildConnector.connector {
    return (target, callback) => {
      this.connecting += 1;
      connect(target, (...result) => {
        this.connecting -= 1;
        callback(...result);
      });
    };
  }
}

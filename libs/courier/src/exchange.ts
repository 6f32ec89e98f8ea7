/**
 * One request and its answer, as undici's dispatch handler.
 *
 * The handler methods with raw header buffers are used since they cost least: no header object is built twice
 * and no stream is made for a body that is wanted whole.
 */
import {
  atEndOfTurn,
  CourierFault,
  type CourierAnswer,
  type CourierFaultKind,
  type CourierRequest,
} from '@app/hub';
import { type Dispatcher, util } from 'undici';
import { faultOf, isMisuse } from './fault';

export interface ExchangeLimits {
  readonly connectTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** What an exchange tells the pool that carries it. */
export interface Carrier {
  /** Connections being made right now. */
  readonly connecting: number;
  /** Set when the pool must not be used again. */
  spoiled: boolean;
  /** The caller has its answer or fault. */
  settled(): void;
  /** Takes room for bytes of the answer, until it is released; false when there is none. */
  hold(bytes: number): boolean;
  /** The exchange is over and undici holds nothing of it any more. */
  released(request: CourierRequest, heldBytes: number): void;
}

export interface Outcome {
  resolve(answer: CourierAnswer): void;
  reject(error: unknown): void;
}

export class Exchange implements Dispatcher.DispatchHandler {
  private timer: NodeJS.Timeout | undefined;
  private abort: ((error?: Error) => void) | undefined;
  private settled = false;
  private httpStatus = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly request: CourierRequest,
    private readonly limits: ExchangeLimits,
    private readonly carrier: Carrier,
    private readonly outcome: Outcome,
  ) {}

  /** Called once it was handed to undici, which writes at once when a connection is free: most need no clock for it. */
  handedOver(): void {
    if (this.abort || this.settled) return;
    this.timer = setTimeout(expireWaiting, this.limits.connectTimeoutMs, this);
  }

  /**
   * undici is about to write. Throwing drops the request unwritten and keeps the connection: for one whose
   * time is over, and for one that was written before, since nothing is ever sent twice.
   */
  onConnect(abort: (error?: Error) => void): void {
    if (this.settled || this.abort) throw new CourierFault('reset');
    this.abort = abort;
    clearTimeout(this.timer);
    this.timer = setTimeout(expireAnswer, this.request.timeoutMs, this);
  }

  onHeaders(httpStatus: number, rawHeaders: Buffer[]): boolean {
    if (httpStatus < 200) return true;
    this.httpStatus = httpStatus;
    this.headers = headerRecord(rawHeaders);
    if (Number(this.headers['content-length']) > this.limits.maxAnswerBytes) this.give('answer_too_large');
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.bytes + chunk.length > this.limits.maxAnswerBytes) this.give('answer_too_large');
    else if (this.carrier.hold(chunk.length)) this.keep(chunk);
    else this.give('overloaded');
    return true;
  }

  onComplete(): void {
    if (this.settle()) atEndOfTurn(() => this.outcome.resolve(this.answer()));
    this.carrier.released(this.request, this.bytes);
  }

  onError(error: Error): void {
    // undici counts the connection that was to carry such a request as busy for ever.
    if (isMisuse(error)) this.carrier.spoiled = true;
    this.fail(error);
    this.carrier.released(this.request, this.bytes);
  }

  /** Answers the caller while the request still waits in undici's queue; `onConnect` drops it from there. */
  giveUpWaiting(): void {
    this.fail(new CourierFault(this.carrier.connecting > 0 ? 'connect_timeout' : 'overloaded'));
  }

  /** Ends a request under way: undici closes its connection and calls `onError`. */
  give(kind: CourierFaultKind): void {
    this.abort?.(new CourierFault(kind));
  }

  private answer(): CourierAnswer {
    const { httpStatus, headers, chunks } = this;
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, this.bytes);
    return { httpStatus, headers, body };
  }

  private keep(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.chunks.push(chunk);
  }

  private fail(error: Error): void {
    const written = this.abort !== undefined;
    if (this.settle()) this.outcome.reject(isMisuse(error) ? error : faultOf(error, written));
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    this.carrier.settled();
    return true;
  }
}

function expireWaiting(exchange: Exchange): void {
  exchange.giveUpWaiting();
}

function expireAnswer(exchange: Exchange): void {
  exchange.give('answer_timeout');
}

/** Values are read as Latin-1, the one reading that gives every byte back when written again. */
function headerRecord(raw: Buffer[]): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = util.headerNameToString(raw[at]!);
    const value = raw[at + 1]!.toString('latin1');
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}

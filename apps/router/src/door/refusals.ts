/** How a request is refused at the door: in the protocol's form, counted, and not faster than it costs. */
import { type Account, type HubError, type Log, type Outgoing } from '@app/hub';
import { type Metrics } from '@app/runtime';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { write } from '../edge/functional';
import { type Visitor } from './visitor';

/**
 * Refusals for sending too much are given so late, in ms: a caller that comes again at once, against what it is told,
 * sends no more than five requests a second on each of its connections then, which costs next to nothing.
 */
const HOLD_BACK_MS = 200;
/** Refusals of one caller that are held back at a time; more of them lose their connection. */
const MAX_HELD_BACK = 256;
/** A body up to this many bytes is read and thrown away, so that its connection can go on. */
const MAX_DUMPED_BYTES = 64 * 1024;
/** The operator is told of a caller that is over a limit once in so many ms. */
const TELL_EVERY_MS = 60_000;

export interface HowRefused {
  readonly answer: () => Outgoing;
  readonly caller: Account | undefined;
  /** The connection ends with the answer. */
  readonly closes: boolean;
}

export class Refusals {
  private readonly count: (reason: string) => void;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const refused = metrics.counter({
      name: 'hub_requests_refused_total',
      help: 'Requests and connections refused before anything was done for them',
      labelNames: ['reason'],
    });
    this.count = (reason) => refused.inc({ reason });
  }

  /** A connection that was closed without an answer. */
  shed(): void {
    this.count('connection_shed');
  }

  /** Answers a request that may not come in. */
  give({ request, response }: Visitor, error: HubError, { caller, closes, answer }: HowRefused): void {
    this.count(error.code);
    if (closes || !isDumped(request)) response.shouldKeepAlive = false;
    if (caller && error.row.httpStatus === 429) this.giveLater(response, caller, error, answer);
    else if (!response.headersSent) write(response, answer());
  }

  private giveLater(
    response: ServerResponse,
    caller: Account,
    error: HubError,
    answer: () => Outgoing,
  ): void {
    this.tell(caller, error);
    if (caller.heldBack >= MAX_HELD_BACK) {
      response.destroy();
      return;
    }
    caller.heldBack += 1;
    setTimeout(() => {
      caller.heldBack -= 1;
      if (!response.destroyed) write(response, answer());
    }, HOLD_BACK_MS);
  }

  private tell(caller: Account, { code }: HubError): void {
    const now = performance.now();
    if (now - caller.toldAtMs < TELL_EVERY_MS) return;
    caller.toldAtMs = now;
    this.log.warn(
      { caller: caller.name, reason: code },
      'a caller is over a limit; its requests are refused',
    );
  }
}

/** Whether node gets rid of the rest of the body by reading it: little enough, and known to be. */
function isDumped({ complete, headers }: IncomingMessage): boolean {
  if (complete) return true;
  return (
    headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= MAX_DUMPED_BYTES
  );
}

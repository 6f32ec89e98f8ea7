/**
 * What becomes of a delivery after an attempt: the retry table, as rows, and when the next attempt is.
 *
 * Spec: 2.2.1-d2 status_codes; RFC 9110, 10.2.3 Retry-After.
 */
import { STATUS } from '@app/ocpi';
import { type RefusalCode, REFUSALS } from './refusals';

/** An attempt's end: either the receiver answered, or the hub knows why it did not. */
export type AttemptResult =
  | {
      readonly httpStatus: number;
      /** `undefined` when the answer is no OCPI envelope. */
      readonly ocpiStatus: number | undefined;
      /** The answer has no body. */
      readonly empty?: boolean;
      readonly refusal?: undefined;
    }
  | { readonly refusal: RefusalCode };

export interface Verdict {
  readonly state: 'delivered' | 'retry' | 'dead';
  /** Null for a success: `http_503`, `ocpi_3000`, or a refusal's code. Never text of a peer. */
  readonly error: string | null;
  /** Of a success that is not quite as OCPI has it. */
  readonly note?: DeliveryNote;
}

/** What is noted of a delivery that arrived: the receiver answered it with HTTP 2xx and no body. */
export type DeliveryNote = 'answer_empty';

/** One range of statuses, both ends included. */
interface Row {
  readonly from: number;
  readonly to: number;
  readonly then: Verdict['state'] | 'by_ocpi_status';
}

const row = (from: number, to: number, then: Row['then']): Row => ({ from, to, then });

/** The first row that fits decides. */
const HTTP_ROWS: readonly Row[] = [
  row(200, 299, 'by_ocpi_status'),
  row(401, 401, 'retry'), // the hub's own token is refused: a 4003 cause, the operator is told
  row(403, 403, 'retry'),
  row(408, 408, 'retry'),
  row(425, 425, 'retry'),
  row(429, 429, 'retry'),
  row(500, 599, 'retry'),
  row(0, 999, 'dead'),
];

const OCPI_ROWS: readonly Row[] = [
  row(1000, 1999, 'delivered'),
  row(3000, 3999, 'retry'),
  row(STATUS.TIMEOUT, STATUS.CONNECTION_PROBLEM, 'retry'), // the receiver is a hub, too
  row(0, 9999, 'dead'),
];

/** What an attempt means for its delivery. */
export function judge(result: AttemptResult): Verdict {
  if (result.refusal !== undefined) {
    const state = REFUSALS[result.refusal].resend ? 'retry' : 'dead';
    return { state, error: result.refusal };
  }
  const { httpStatus, ocpiStatus } = result;
  const byHttp = decide(HTTP_ROWS, httpStatus);
  if (byHttp !== 'by_ocpi_status') return { state: byHttp, error: `http_${httpStatus}` };
  // Without an envelope there is no OCPI status, but the receiver did take the message.
  if (result.empty) return { state: 'delivered', error: null, note: 'answer_empty' };
  if (ocpiStatus === undefined) return { state: 'dead', error: 'answer_not_ocpi' satisfies RefusalCode };
  const state = decide(OCPI_ROWS, ocpiStatus) as Verdict['state'];
  return { state, error: state === 'delivered' ? null : `ocpi_${ocpiStatus}` };
}

/** What `judge` says of statuses; a success is no error. */
const STATUS_ERROR = /^(http_(?!2)\d{3}|ocpi_(?!1)\d{4})$/;

/** Whether the message log can have this as an error: the code of a refusal, or what `judge` makes of an answer. */
export function isErrorCode(text: string): boolean {
  return Object.hasOwn(REFUSALS, text) || STATUS_ERROR.test(text);
}

function decide(rows: readonly Row[], status: number): Row['then'] {
  return rows.find(({ from, to }) => status >= from && status <= to)?.then ?? 'dead';
}

/** Waits double up to here, in ms: seven attempts or more fit into the usual 15 minutes. */
const LONGEST_BACKOFF_MS = 120_000;
/** Up to this share is added by chance, so that receivers that failed together are not asked together. */
const JITTER = 0.5;

export interface Backoff {
  /** Attempts made so far, the one that just failed included. */
  readonly attempts: number;
  readonly firstRetryMs: number;
  /** What the receiver asked for, in ms. */
  readonly retryAfterMs: number | undefined;
  /** What is left of the delivery's age, in ms: no wait goes beyond it. */
  readonly remainingMs: number;
}

/** How long to wait before the next attempt, in ms. @param random from 0 to 1 */
export function retryDelayMs(backoff: Backoff, random: number): number {
  const { attempts, firstRetryMs, retryAfterMs = 0, remainingMs } = backoff;
  const doubled = Math.min(firstRetryMs * 2 ** (attempts - 1), LONGEST_BACKOFF_MS);
  const wait = Math.max(doubled * (1 + JITTER * random), retryAfterMs);
  return Math.round(Math.min(wait, Math.max(remainingMs, 0)));
}

const SECONDS = /^[0-9]{1,9}$/;

/** The wait that a `Retry-After` header asks for, in ms: seconds or an HTTP date; `undefined` when it has neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) || !/[a-z]/i.test(text) ? undefined : Math.max(at - now.getTime(), 0);
}

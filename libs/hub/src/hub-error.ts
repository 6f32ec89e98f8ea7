import { type PartyKey } from '@app/ocpi';
import { type CourierFaultKind, StoreUnavailable } from './ports';
import { type RefusalCode, type RefusalRow, REFUSALS } from './refusals';

interface HubErrorOptions extends ErrorOptions {
  /** When the same message has a chance, for the `Retry-After` header. */
  readonly retryAfterSeconds?: number | undefined;
  /** See `RefusalRow`. */
  readonly allow?: readonly string[] | undefined;
  /** The pair in whose name somebody spoke whose it is not, for the message log. */
  readonly claimedFrom?: PartyKey;
  /** What the operator reads in the message log instead of what the caller is told. */
  readonly forOperator?: string | undefined;
  /** What a peer said, in few printable characters without tokens; for the operator. */
  readonly peerSaid?: string | undefined;
}

/** A refusal on its way to the caller: `code` is what decisions match on; `message` is for people. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly claimedFrom: PartyKey | undefined;
  /** The refusal in words for the operator: it may say more than the caller is told. */
  readonly reason: string;
  readonly peerSaid: string | undefined;

  constructor(
    readonly code: RefusalCode,
    detail?: string,
    options?: HubErrorOptions,
  ) {
    super(detail ? `${REFUSALS[code].message}: ${detail}` : REFUSALS[code].message, options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? this.row.retryAfterSeconds;
    this.allow = options?.allow ?? this.row.allow;
    this.claimedFrom = options?.claimedFrom;
    this.peerSaid = options?.peerSaid;
    this.reason = options?.forOperator ?? this.message;
  }

  /** Somebody speaks in the name of a pair that is not a party of its platform. */
  static fromNotYours(claimedFrom: PartyKey): HubError {
    return new HubError('from_not_yours', claimedFrom, { claimedFrom });
  }

  get row(): RefusalRow {
    return REFUSALS[this.code];
  }
}

/** An unknown error becomes `internal`: its own text never reaches a peer. */
export function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const code = error instanceof StoreUnavailable ? 'database_unavailable' : 'internal';
  return new HubError(code, undefined, { cause: error });
}

/** What the hub answers when the courier brought nothing back. Spec: 2.2.1-d2 status_codes, 4xxx: Hub errors. */
export const REFUSAL_OF_FAULT: Readonly<Record<CourierFaultKind, RefusalCode>> = {
  answer_timeout: 'answer_timeout',
  connect_timeout: 'connect_timeout',
  refused: 'connection_refused',
  reset: 'connection_reset',
  dns: 'name_not_resolved',
  tls: 'tls_failed',
  forbidden_destination: 'destination_forbidden',
  answer_too_large: 'answer_too_large',
  invalid_answer: 'answer_not_ocpi',
  overloaded: 'receiver_overloaded',
};

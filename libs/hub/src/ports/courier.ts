/**
 * PORT: carries one HTTP request to a platform and brings its answer back, bytes untouched.
 *
 * The adapter is `libs/courier`; an in-memory twin is in `libs/testkit`.
 */

/** Header name and value alternating, as they go on the wire: `['Accept', '* / *', …]`. */
export type HeaderList = readonly string[];

export interface CourierRequest {
  /** Requests of one platform share one pool of connections. */
  readonly platformId: string;
  /** For whom: what there is room for at one platform is shared out between these. Left out: for the hub itself. */
  readonly callerId?: string;
  /** ModuleID of the message that it carries; none: the hub's own business, such as a handshake. */
  readonly module?: string;
  readonly method: string;
  /** Absolute URL; its path and query are sent exactly as written here. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  /** From the first byte written to the last byte of the answer, in ms. Connecting is limited apart. */
  readonly timeoutMs: number;
}

export interface CourierAnswer {
  readonly httpStatus: number;
  /** Lower-case name → value; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Why there is no answer. Decisions match on these, never on message text. */
export const COURIER_FAULTS = [
  'answer_timeout', // written, but no whole answer in time
  'connect_timeout',
  'refused', // also: host or network unreachable
  'reset', // closed before the answer was whole
  'dns',
  'tls',
  'forbidden_destination', // the address is not public and private networks are not allowed
  'answer_too_large',
  'invalid_answer', // not HTTP
  'overloaded', // too many requests wait for this platform already, or too much of its answers comes in at once
] as const;
export type CourierFaultKind = (typeof COURIER_FAULTS)[number];

interface CourierFaultOptions extends ErrorOptions {
  /** When the same request has a chance, as far as that is known. */
  readonly retryAfterSeconds?: number;
}

export class CourierFault extends Error {
  override readonly name = 'CourierFault';
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly kind: CourierFaultKind,
    options?: CourierFaultOptions,
  ) {
    super(kind, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

export interface Courier {
  /**
   * Sends one request. Never re-sends, never follows a redirect.
   *
   * @throws CourierFault when there is no whole HTTP answer
   */
  send(request: CourierRequest): Promise<CourierAnswer>;
  /** Lets requests under way end, then closes every connection. */
  close(): Promise<void>;
}

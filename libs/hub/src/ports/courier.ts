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
  /** Where it came from, when a redirect between a URL with a last `/` and without it was followed. */
  readonly url?: string;
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

/** What is wrong with the TLS of a peer, as far as it is known. */
export const TLS_REASONS = {
  unknown_authority: 'its certificate is signed by an authority that the hub does not know',
  expired: 'its certificate has expired',
  not_yet_valid: 'its certificate is not valid yet',
  other_name: 'its certificate is for another host name',
  wants_certificate: 'it does not accept the client certificate of the hub, or wants one',
  no_tls: 'it does not speak TLS at this port',
} as const;
export type TlsReason = keyof typeof TLS_REASONS;

interface CourierFaultOptions extends ErrorOptions {
  readonly tlsReason?: TlsReason | undefined;
  /** When the same request has a chance, as far as that is known. */
  readonly retryAfterSeconds?: number;
}

export class CourierFault extends Error {
  override readonly name = 'CourierFault';
  readonly retryAfterSeconds: number | undefined;
  readonly tlsReason: TlsReason | undefined;

  constructor(
    readonly kind: CourierFaultKind,
    options?: CourierFaultOptions,
  ) {
    super(kind, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.tlsReason = options?.tlsReason;
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

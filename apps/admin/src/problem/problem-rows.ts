/**
 * Every refusal of the admin API, as rows: `code` → HTTP status and the words that stand for it.
 */

export interface ProblemRow {
  readonly status: number;
  readonly message: string;
  /** When it has a chance, for the `Retry-After` header, in s. */
  readonly retryAfterSeconds?: number;
}

export const PROBLEMS = {
  invalid_input: { status: 400, message: 'the input is not valid' },
  malformed_json: { status: 400, message: 'the body is not JSON' },
  bad_request: { status: 400, message: 'the HTTP request is malformed' },
  peer_unusable: { status: 400, message: 'the API of the platform cannot be used, or it refused the hub' },
  unauthorized: {
    status: 401,
    message: 'Authorization: Bearer {key} is missing, unknown, expired or revoked',
  },
  forbidden: { status: 403, message: 'the role of this key does not allow this' },
  not_found: { status: 404, message: 'no such thing' },
  method_not_allowed: { status: 405, message: 'this URL does not have this method' },
  already_registered: { status: 409, message: 'the platform is registered already: unregister it first' },
  not_registered: { status: 409, message: 'the platform is not registered' },
  not_invited: {
    status: 409,
    message: 'the invitation was taken back while the hub exchanged credentials with the platform',
  },
  handshake_running: {
    status: 409,
    message: 'the hub exchanges credentials with this platform already: wait until that ended',
  },
  party_taken: { status: 409, message: 'another platform holds this party' },
  not_waiting: { status: 409, message: 'this party does not wait for approval on this platform' },
  party_not_announced: { status: 409, message: 'the platform claims a party that was not announced for it' },
  limit_reached: {
    status: 409,
    message: 'the platform has more than a limit of the hub allows: raise it, or have the platform send less',
  },
  agreement_exists: { status: 409, message: 'an agreement that says the same is there already' },
  capture_running: { status: 409, message: 'a capture of this platform runs already: stop it first' },
  capture_no_room: {
    status: 409,
    message: 'captures of other platforms take all the room there is: take fewer bytes, or stop one',
  },
  idempotency_key_reused: {
    status: 409,
    message: 'this Idempotency-Key was used for another body',
  },
  delivery_state: {
    status: 409,
    message: 'the delivery is not in a state that allows this, or is being sent now',
  },
  delivery_superseded: {
    status: 409,
    message: 'a newer state of the object was accepted since: this one would be a step back',
  },
  delivery_not_owed: {
    status: 409,
    message:
      'it was for an earlier registration of the platform, or for a party or interface that has left it',
  },
  key_in_use: { status: 409, message: 'a key cannot revoke itself: use another owner’s' },
  stale: { status: 412, message: 'it was changed since it was read: If-Match names an older state' },
  body_too_large: { status: 413, message: 'the body is too large' },
  uri_too_long: { status: 414, message: 'the URL is too long' },
  unsupported_media_type: { status: 415, message: 'Content-Type: application/json is asked for' },
  internal: { status: 500, message: 'internal error of the hub' },
  database_unavailable: {
    status: 503,
    message: 'the database of the hub is away, read-only or full: try again later',
    retryAfterSeconds: 5,
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

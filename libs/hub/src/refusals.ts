/**
 * Every refusal of the hub, as rows.
 *
 * Spec: 2.2.1-d2 status_codes; transport_and_format, Authorization header; credentials, POST and PUT Method.
 */
import { STATUS, TOO_DEEP } from '@app/ocpi';

export interface RefusalRow {
  readonly httpStatus: number;
  readonly ocpiStatus: number;
  /** The same message may be sent again later and has a chance then. */
  readonly resend: boolean;
  /** What the peer reads when the refusal gives no better words. */
  readonly message: string;
  /** When it has, for the `Retry-After` header, where the refusal does not know better. */
  readonly retryAfterSeconds?: number;
  /** What it can be asked instead, for the `Allow` header that HTTP asks for with a 405. Spec: RFC 9110, 15.5.6. */
  readonly allow?: readonly string[];
}

const row = (httpStatus: number, ocpiStatus: number, resend: boolean, message: string): RefusalRow => ({
  httpStatus,
  ocpiStatus,
  resend,
  message,
});

/** A limit of what is kept or announced for a platform is reached. */
const limitRow = (setting: string, resend = false): RefusalRow =>
  row(200, STATUS.INVALID_PARAMETERS, resend, `a limit of your platform at this hub is reached (${setting})`);

/** What the sender must change in the message. */
const invalid = (message: string): RefusalRow => row(200, STATUS.INVALID_PARAMETERS, false, message);

export const REFUSALS = {
  no_such_url: row(404, STATUS.CLIENT_ERROR, false, 'no such URL'),
  method_not_allowed: row(405, STATUS.CLIENT_ERROR, false, 'this interface does not have this method'),
  bad_request: row(400, STATUS.CLIENT_ERROR, false, 'the HTTP request is malformed'),
  body_not_json: row(400, STATUS.CLIENT_ERROR, false, 'the body is not JSON'),
  body_too_deep: row(
    400,
    STATUS.CLIENT_ERROR,
    false,
    `the body is ${TOO_DEEP}: no OCPI object is, and the hub reads no deeper`,
  ),
  body_too_large: row(413, STATUS.CLIENT_ERROR, false, 'the body is too large'),
  url_too_long: row(414, STATUS.CLIENT_ERROR, false, 'the URL is too long'),
  headers_too_large: row(431, STATUS.CLIENT_ERROR, false, 'the headers are too many or too large'),
  request_too_slow: row(408, STATUS.CLIENT_ERROR, true, 'the request did not arrive in time'),
  too_many_requests: row(429, STATUS.CLIENT_ERROR, true, 'too many requests per second from your platform'),
  too_many_in_flight: row(429, STATUS.CLIENT_ERROR, true, 'too many requests of your platform are under way'),
  too_many_connections: row(429, STATUS.CLIENT_ERROR, true, 'too many connections from your platform'),
  too_many_unauthorized: row(
    429,
    STATUS.CLIENT_ERROR,
    true,
    'too many requests without a known credentials token from your address',
  ),
  // The hub itself cannot route: 4xxx and not 3xxx, which is a receiver's. Spec: status_codes, 4xxx: Hub errors.
  hub_full: row(503, STATUS.HUB_ERROR, true, 'the hub has as much to do as it can; come again'),
  unauthorized: row(401, STATUS.CLIENT_ERROR, false, 'Authorization'),
  client_certificate_required: row(
    401,
    STATUS.CLIENT_ERROR,
    false,
    'this credentials token needs the TLS client certificate that was agreed for it',
  ),

  from_missing: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'OCPI-from-country-code and OCPI-from-party-id are missing',
  ),
  from_malformed: row(200, STATUS.INVALID_PARAMETERS, false, 'OCPI-from-*: not a party'),
  from_not_yours: row(200, STATUS.INVALID_PARAMETERS, false, 'OCPI-from-*: not a party of your platform'),
  from_waiting: invalid("OCPI-from-*: this party waits for the approval of the hub's operator"),
  from_role_missing: invalid(
    'OCPI-from-*: your platform does not hold this party in a role that may call this',
  ),
  url_owner_missing: invalid(
    'the URL must name the owner of the object, /{country_code}/{party_id}/…, and stay below it',
  ),
  url_owner_not_yours: invalid(
    'country_code and party_id in the URL: the owner is not a party of your platform',
  ),
  body_owner_malformed: invalid('country_code and party_id in the body: not a party'),
  body_owner_not_yours: invalid(
    'country_code and party_id in the body: the owner is not a party of your platform',
  ),
  path_leads_out: row(200, STATUS.INVALID_PARAMETERS, false, 'the path leads out of the module'),
  to_malformed: row(200, STATUS.INVALID_PARAMETERS, false, 'OCPI-to-*: not a party'),
  hub_not_addressable: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'OCPI-to-*: the hub party cannot be addressed so',
  ),
  sender_role_missing: invalid('a broadcast of this module is for parties in another role'),
  pair_mismatch: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'the routing headers name other parties than this URL is for',
  ),
  response_url_malformed: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'response_url: not an absolute http or https URL',
  ),
  response_url_elsewhere: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'response_url: not on an origin (scheme, host and port) that your platform registered with',
  ),

  receiver_unknown: row(200, STATUS.UNKNOWN_RECEIVER, false, 'unknown receiver'),
  receiver_unresolved: row(
    200,
    STATUS.UNKNOWN_RECEIVER,
    false,
    'no receiver is named, and the request does not lead to one',
  ),
  receiver_ambiguous: row(
    200,
    STATUS.UNKNOWN_RECEIVER,
    false,
    'no receiver is named, and the request leads to more than one',
  ),
  // Spec: 2.2.1-d2 mod_tokens, POST Method: an unknown token is HTTP 404 and OCPI 2004.
  token_unknown: row(404, STATUS.UNKNOWN_TOKEN, false, 'unknown token'),
  interface_not_implemented: row(
    200,
    STATUS.HUB_ERROR,
    false,
    'the receiver does not implement this interface',
  ),
  version_not_relayed: row(
    200,
    STATUS.HUB_ERROR,
    false,
    'the receiver uses an OCPI version with other bodies',
  ),
  answer_not_ocpi: row(200, STATUS.HUB_ERROR, false, 'the answer of the receiver is not an OCPI message'),
  next_page_elsewhere: row(
    200,
    STATUS.HUB_ERROR,
    false,
    'the receiver names a next page that is not on an origin (scheme, host and port) of its own',
  ),
  message_loop: row(
    200,
    STATUS.HUB_ERROR,
    false,
    'this request was sent by the hub itself: an endpoint of the receiver leads back to the hub',
  ),
  answer_too_large: row(200, STATUS.HUB_ERROR, false, 'the answer of the receiver is too large'),
  answer_timeout: row(200, STATUS.TIMEOUT, true, 'the receiver did not answer in time'),

  sender_suspended: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    false,
    'your platform is suspended by the operator of the hub',
  ),
  receiver_planned: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    true,
    'the receiver is planned and not connected yet',
  ),
  receiver_waiting: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    true,
    "the receiver waits for the approval of the hub's operator",
  ),
  receiver_suspended: row(200, STATUS.CONNECTION_PROBLEM, false, 'the receiver is suspended'),
  callback_moved: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    false,
    'the platform that this URL leads to has moved to other hosts since the hub handed it out',
  ),
  receiver_offline: row(200, STATUS.CONNECTION_PROBLEM, true, 'the receiver is offline'),
  no_agreement: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    false,
    'no agreement with the receiver covers this module',
  ),
  connect_timeout: row(200, STATUS.CONNECTION_PROBLEM, true, 'no connection to the receiver in time'),
  connection_refused: row(200, STATUS.CONNECTION_PROBLEM, true, 'the receiver refused the connection'),
  connection_reset: row(200, STATUS.CONNECTION_PROBLEM, true, 'the receiver broke off the connection'),
  name_not_resolved: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    true,
    'the host name of the receiver cannot be resolved',
  ),
  tls_failed: row(200, STATUS.CONNECTION_PROBLEM, true, 'no trusted TLS connection to the receiver'),
  destination_forbidden: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    false,
    'the address of the receiver is not public',
  ),
  // Requests under way end within the time of an answer, a second or so for most.
  receiver_overloaded: {
    ...row(200, STATUS.CONNECTION_PROBLEM, true, 'too many requests to the receiver are under way already'),
    retryAfterSeconds: 1,
  },
  issuers_unreachable: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    true,
    'none of the parties that might know the token can be reached',
  ),
  hub_token_refused: row(
    200,
    STATUS.CONNECTION_PROBLEM,
    true,
    'the receiver refused the credentials of the hub',
  ),

  already_registered: {
    ...row(405, STATUS.CLIENT_ERROR, false, 'already registered: use PUT to update'),
    allow: ['GET', 'PUT', 'DELETE'],
  },
  not_registered: {
    ...row(405, STATUS.CLIENT_ERROR, false, 'not registered: use POST to register'),
    allow: ['GET', 'POST'],
  },
  handshake_running: row(
    200,
    STATUS.CLIENT_ERROR,
    true,
    'a handshake that the hub began with this platform is under way',
  ),
  credentials_malformed: row(200, STATUS.INVALID_PARAMETERS, false, 'the credentials object is malformed'),
  party_taken: row(200, STATUS.INVALID_PARAMETERS, false, 'roles: another platform holds this party'),
  party_not_announced: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'roles: the operator announced other parties',
  ),
  // Limits of what one platform may have the hub keep and announce. Each text names the setting: the operator raises it.
  parties_limit: limitRow('MAX_PARTIES_PER_PLATFORM'),
  custom_modules_limit: limitRow('MAX_CUSTOM_MODULES_PER_PLATFORM'),
  objects_limit: limitRow('MAX_OBJECTS_PER_PLATFORM'),
  stored_bytes_limit: limitRow('MAX_STORED_BYTES_PER_PLATFORM', true),
  credentials_updates_limit: limitRow('MAX_CREDENTIALS_UPDATES_PER_HOUR_PER_PLATFORM', true),
  object_unknown: row(
    404,
    STATUS.CLIENT_ERROR,
    false,
    'no party that you may exchange with has such an object',
  ),
  object_ambiguous: row(
    200,
    STATUS.INVALID_PARAMETERS,
    false,
    'more than one party has an object of this name: name its owner in OCPI-to-*',
  ),
  list_refused: row(200, STATUS.HUB_ERROR, true, 'the list was refused'),
  parameter_malformed: row(200, STATUS.INVALID_PARAMETERS, false, 'a query parameter is malformed'),
  peer_unusable: row(200, STATUS.UNABLE_TO_USE_API, true, 'the API of the platform cannot be used'),
  no_common_version: row(200, STATUS.UNSUPPORTED_VERSION, false, 'no common OCPI version'),
  no_common_endpoints: row(200, STATUS.NO_MATCHING_ENDPOINTS, false, 'no endpoints in common'),

  database_unavailable: {
    ...row(503, STATUS.HUB_ERROR, true, 'the hub cannot store this now; send it again later'),
    retryAfterSeconds: 5,
  },
  internal: row(500, STATUS.HUB_ERROR, true, 'internal error of the hub'),
} as const satisfies Record<string, RefusalRow>;

export type RefusalCode = keyof typeof REFUSALS;

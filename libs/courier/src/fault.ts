/**
 * Why there is no answer, told from error codes alone: message texts change with every release of Node,
 * OpenSSL and undici.
 */
import { CourierFault, type CourierFaultKind, type TlsReason } from '@app/hub';
import { errors } from 'undici';

const BY_CODE: Readonly<Record<string, CourierFaultKind>> = {
  EACCES: 'refused',
  EADDRNOTAVAIL: 'refused',
  ECONNREFUSED: 'refused',
  EHOSTDOWN: 'refused',
  EHOSTUNREACH: 'refused',
  ENETDOWN: 'refused',
  ENETUNREACH: 'refused',
  EPERM: 'refused',
  ECONNABORTED: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  UND_ERR_SOCKET: 'reset',
  ENODATA: 'dns',
  ENOTFOUND: 'dns',
  EPROTO: 'tls',
  FORBIDDEN_ADDRESS: 'forbidden_destination',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'answer_too_large',
  UND_ERR_CLOSED: 'overloaded',
  UND_ERR_DESTROYED: 'overloaded',
};

/** Families of codes: resolver, Node's TLS, and OpenSSL's certificate verification. */
const BY_PATTERN: readonly (readonly [RegExp, CourierFaultKind])[] = [
  [/^EAI_/, 'dns'],
  [/^ERR_(TLS|SSL)_/, 'tls'],
  [/^(UNABLE_TO|CERT|CRL|DEPTH_ZERO|SELF_SIGNED|ERROR_IN)_/, 'tls'],
  [/^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/, 'tls'],
];

/**
 * The fault for an error of undici, `net`, `tls` or `dns`. The error stays as `cause`.
 *
 * @param written whether the request had been written: a connection that times out before is one that was
 *   never made, one that times out after is one that was lost
 */
export function faultOf(error: unknown, written: boolean): CourierFault {
  if (error instanceof CourierFault) return error;
  return new CourierFault(kindOf(error, written), { cause: error, tlsReason: TLS_REASON_OF[codeOf(error)] });
}

/** What each code of Node and OpenSSL says of a peer's TLS. */
const TLS_REASON_OF: Readonly<Partial<Record<string, TlsReason>>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown_authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown_authority',
  CERT_UNTRUSTED: 'unknown_authority',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other_name',
  HOSTNAME_MISMATCH: 'other_name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'wants_certificate',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'wants_certificate',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'wants_certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no_tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no_tls',
};

/** An error of the caller, not of the connection: a header or method that HTTP does not know. */
export function isMisuse(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED' || code === MISMATCH;
}

const MISMATCH = 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH';

function kindOf(error: unknown, written: boolean): CourierFaultKind {
  // The parser's own codes are lost in undici 7. Without data it was the end of the connection that came
  // where more of the answer was due.
  if (error instanceof errors.HTTPParserError)
    return 'data' in error && error.data === '' ? 'reset' : 'invalid_answer';
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return written ? 'reset' : 'connect_timeout';
  const known = BY_CODE[code] ?? BY_PATTERN.find(([pattern]) => pattern.test(code))?.[1];
  return known ?? (written ? 'reset' : 'refused');
}

/** By shape, not by class. Connecting to several addresses fails with one error that holds the others. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'errors' in error && Array.isArray(error.errors) ? codeOf(error.errors[0]) : '';
}

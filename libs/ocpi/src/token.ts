/**
 * The `Authorization` header.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header; credentials, Credentials object.
 */

/** Upper bound that the specification gives a credentials token, in characters. */
export const MAX_TOKEN_LENGTH = 64;
const AUTHORIZATION = /^token +([\x21-\x7e]+) *$/i;
const CREDENTIALS_TOKEN = /^[\x21-\x7e]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The credentials tokens that a header may stand for, likeliest first: decoded from Base64, then as it is,
 * since many 2.1.1 and 2.2 systems do not encode. A trailing line feed inside the Base64 is forgiven: the
 * specification's own example has one.
 *
 * @returns an empty list when the header is missing or has not the form `Token <x>`
 */
export function presentedTokens(authorization: string | undefined): readonly string[] {
  const presented = AUTHORIZATION.exec(authorization ?? '')?.[1];
  if (presented === undefined) return [];
  const decoded = BASE64.test(presented) ? Buffer.from(presented, 'base64').toString().trimEnd() : '';
  return [decoded, presented].filter(isCredentialsToken);
}

const TOKEN_WORD = /^token(?: |$)/i;

/** Says what is wrong with an `Authorization` header that opened nothing, and how to put it right. */
export function authorizationFault(authorization: string | undefined): string {
  if (!authorization) return 'the header is missing: send Token and the Base64 of your credentials token';
  if (!TOKEN_WORD.test(authorization)) {
    return 'the header does not begin with the word Token: send Token, a space and the Base64 of your credentials token';
  }
  if (presentedTokens(authorization).length === 0) {
    return `the text behind Token is no credentials token: 1 to ${MAX_TOKEN_LENGTH} printable ASCII characters, in Base64`;
  }
  return 'no platform has this credentials token: it was never given out, was replaced, or ended with a registration';
}

/** Whether a token has the form that the specification asks for: 1 to 64 printable ASCII characters. */
export function isCredentialsToken(token: unknown): token is string {
  return typeof token === 'string' && CREDENTIALS_TOKEN.test(token);
}

/**
 * How a peer wants to be shown a token: in Base64 since 2.2-d2, as it is by many 2.2 systems.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header, NOTE.
 */
export const TOKEN_ENCODINGS = ['base64', 'plain'] as const;
export type TokenEncoding = (typeof TOKEN_ENCODINGS)[number];

/** The header that presents a credentials token to a peer. */
export function authorizationHeader(token: string, encoding: TokenEncoding = 'base64'): string {
  return `Token ${encoding === 'plain' ? token : Buffer.from(token).toString('base64')}`;
}

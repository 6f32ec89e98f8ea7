import { hash, randomBytes } from 'node:crypto';

/** Bytes of randomness in a credentials token that the hub makes: 256 bits, far out of guessing range. */
const TOKEN_BYTES = 32;

/**
 * A new credentials token: 43 URL-safe characters, within the 64 that the specification allows.
 *
 * Spec: 2.2.1-d2 credentials, Credentials object, `token`.
 */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What the hub keeps of a token that it issued: SHA-256 in Base64. Equal hashes are equal tokens. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64');
}

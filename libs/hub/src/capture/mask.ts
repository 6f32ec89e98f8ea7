/** What must not be kept of a message: credentials tokens, wherever a peer has put them. */
import { presentedTokens } from '@app/ocpi';

/** A shorter token would be found in every other word; tokens that anybody should use are longer. */
const MIN_TOKEN_CHARACTERS = 8;
const STAR = '*'.charCodeAt(0);

/** The tokens of these `Authorization` headers, in each form in which they could be repeated. */
export function secretsOf(...authorizations: readonly (string | null | undefined)[]): readonly string[] {
  return authorizations
    .flatMap((header) => presentedTokens(header ?? undefined))
    .filter((token) => token.length >= MIN_TOKEN_CHARACTERS);
}

/** A text with its secrets starred out. */
export function maskedText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '*'.repeat(secret.length)), text);
}

/** Stars the secrets in these bytes out, in place. */
export function maskBytes(bytes: Buffer, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + secret.length)) {
      bytes.fill(STAR, at, at + secret.length);
    }
  }
}

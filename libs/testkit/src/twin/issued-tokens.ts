/** What becomes of the tokens of a platform in the in-memory twin. */
import { type IssuedToken, type PlatformRecord, type Registration } from '@app/hub';

type Tokens = PlatformRecord['issuedTokens'];
type Holder = Pick<PlatformRecord, 'issuedTokens'>;

/** With one more that is lent; undefined while another one is. */
export function tokensWithLent({ issuedTokens }: Holder, lent: IssuedToken, now: Date): Tokens | undefined {
  const isLent = ({ kind, expiresAt }: IssuedToken): boolean => kind === 'A' && expiresAt !== null;
  const left = issuedTokens.filter((token) => !isLent(token) || token.expiresAt! > now);
  return left.some(isLent) ? undefined : [...left, lent];
}

/** Without a token A. */
export function tokensWithout({ issuedTokens }: Holder, hash: string): Tokens {
  return issuedTokens.filter((token) => token.kind !== 'A' || token.hash !== hash);
}

/** After a token was used; undefined when it retires none. */
export function tokensRetired({ issuedTokens }: Holder, usedHash: string): Tokens | undefined {
  const used = issuedTokens.find((token) => token.hash === usedHash);
  if (used?.kind !== 'C' || used.expiresAt !== null) return undefined;
  return issuedTokens.filter((token) => token.kind !== 'C' || token.expiresAt === null);
}

/** After a registration. */
export function tokensAfter(record: Holder, registration: Registration): Tokens {
  const older = record.issuedTokens.filter((token) => token.kind === 'C');
  const { graceUntil, issuedTokenHash } = registration;
  const expiring = older.map((token) => {
    const sooner = token.expiresAt !== null && token.expiresAt < graceUntil;
    return { ...token, expiresAt: sooner ? token.expiresAt : graceUntil };
  });
  return [...expiring, { hash: issuedTokenHash, kind: 'C', expiresAt: null }];
}

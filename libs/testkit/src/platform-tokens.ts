import { randomBytes } from 'node:crypto';
import { type TokenEncoding } from '@app/ocpi';
import { authorization } from './ocpi-call';

/** The credentials tokens that a platform gives to the hub, and which of them it takes right now. */
export class PlatformTokens {
  /** The newest token B. */
  current = newToken();
  private readonly accepted = new Set([this.current]);

  /** A new token B beside the old one, for the time of a handshake whose end is not known yet. */
  offer(): string {
    const token = newToken();
    this.accepted.add(token);
    return token;
  }

  /** The handshake ended well: this token alone is taken from now on. */
  settle(token: string): void {
    this.accepted.clear();
    this.accepted.add(token);
    this.current = token;
  }

  withdraw(token: string): void {
    if (token !== this.current) this.accepted.delete(token);
  }

  /** @param encoding in which alone it reads them */
  constructor(public encoding: TokenEncoding = 'base64') {}

  /** Whether an `Authorization` header carries one of the tokens. */
  allow(header: string | undefined): boolean {
    const shown = this.encoding === 'plain' ? plainly : authorization;
    return [...this.accepted].some((token) => header === shown(token));
  }
}

/** As many 2.2 systems do. Spec: 2.2.1-d2 transport_and_format, Authorization header, NOTE. */
function plainly(token: string): string {
  return `Token ${token}`;
}

/** 40 characters, with one that Base64 of a URL-safe alphabet would get wrong. */
function newToken(): string {
  return `${randomBytes(19).toString('hex')}~?`;
}

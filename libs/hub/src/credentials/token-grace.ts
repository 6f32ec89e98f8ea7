import { type PlatformEntry } from '../directory';
import { type IssuedToken, type Log, type PlatformStore } from '../ports';

/**
 * Ends the grace of replaced tokens: once a platform uses its newest token, the answer that carried it has
 * arrived, and the older ones die.
 */
export class TokenGrace {
  /** Token hashes whose predecessors are being retired now. */
  private readonly ending = new Set<string>();

  constructor(
    private readonly store: Pick<PlatformStore, 'retireOlderTokens'>,
    private readonly log: Log,
  ) {}

  /** Notes that a platform presented a token. Never waits: the store is told beside the path. */
  used(platform: PlatformEntry, token: IssuedToken): void {
    if (platform.record.issuedTokens.length < 2 || token.kind !== 'C' || token.expiresAt) return;
    if (this.ending.has(token.hash) || !platform.record.issuedTokens.some(isReplaced)) return;
    this.ending.add(token.hash);
    this.store
      .retireOlderTokens(platform.id, token.hash)
      .catch((error: unknown) =>
        this.log.warn({ err: error, platformId: platform.id }, 'old tokens could not be retired'),
      )
      .finally(() => this.ending.delete(token.hash));
  }
}

/** A token that is lent for a handshake ends as well, but was not replaced. */
function isReplaced({ kind, expiresAt }: IssuedToken): boolean {
  return kind === 'C' && expiresAt !== null;
}

/** Which of the parties that a platform claims it gets, and which wait for the operator. */
import { halfOf, type Party, type Role } from '@app/ocpi';

/** A platform that has a pair in a role, or gave it up. */
export interface PairHolder {
  readonly platformId: string;
  readonly role: Role;
  readonly held: boolean;
}

/** A platform that claims parties. */
export interface Claimant {
  readonly platformId: string;
  /** The operator announced its parties: those that it claims are among them. */
  readonly announced: boolean;
  /** What was not announced waits for the operator. */
  readonly approval: boolean;
}

/** `taken`: another platform holds this half of the pair. */
export type ClaimVerdict = 'held' | 'waiting' | 'taken';

/**
 * What becomes of a claim.
 *
 * A party that was approved once stays so on this platform, and comes back to it when it gave the party up meanwhile and
 * no other platform has the pair. A pair whose other half another platform holds is never given without the operator.
 *
 * @param holders of the pair, in whatever role; those that wait are none
 */
export function judgeClaim(claim: Party, claimant: Claimant, holders: readonly PairHolder[]): ClaimVerdict {
  const others = holders.filter(({ platformId }) => platformId !== claimant.platformId);
  const held = others.filter((holder) => holder.held);
  if (held.some(({ role }) => halfOf(role) === halfOf(claim.role))) return 'taken';
  const own = holders.find(
    ({ platformId, role }) => platformId === claimant.platformId && role === claim.role,
  );
  if (claimant.announced || own?.held === true) return 'held';
  if (held.length > 0) return 'waiting';
  if (!claimant.approval) return 'held';
  return own !== undefined && others.length === 0 ? 'held' : 'waiting';
}

/**
 * In whose name a platform may act. A pair belongs to one company; where two platforms hold it, each holds one half of
 * it: the CPO half, or the half that CPOs serve. This is the one decision that the sender of a message, the owner of an
 * object and the receiver of a message are checked with.
 *
 * Spec: 2.2.1-d2 transport_and_format, Message Routing Headers; credentials, CredentialsRole class.
 */
import { type Half, halfOf, type PartyId, type Role } from '@app/ocpi';
import { type Directory } from './directory';
import { type PlatformEntry } from './platform-entry';

/**
 * Whether a platform may act in the name of a pair where one of these roles acts.
 *
 * It may when it holds the pair in a role of the half that the first of the roles belongs to. A platform that holds the
 * pair in other roles may as well, as long as no other platform lists that half, held or given up. So a NAP sends
 * locations in the name of its pair, but not beside a CPO that another platform holds.
 */
export function mayActAs(
  platform: PlatformEntry,
  pair: PartyId,
  roles: readonly Role[],
  directory: Directory,
): boolean {
  const [first] = roles;
  if (first === undefined) return false;
  if (platform.holdsAs(pair, [first])) return true;
  if (!platform.holds(pair)) return false;
  return !foreignHalves(platform, pair, directory).has(halfOf(first));
}

/** The pairs that a platform holds in one of these roles, and for which it may act there. */
export function pairsActingAs(
  platform: PlatformEntry,
  roles: readonly Role[],
  directory: Directory,
): readonly PartyId[] {
  return platform.pairsIn(roles).filter((pair) => mayActAs(platform, pair, roles, directory));
}

/** The halves of a pair that other platforms list and this one does not hold. */
function foreignHalves(platform: PlatformEntry, pair: PartyId, directory: Directory): ReadonlySet<Half> {
  const halves = new Set<Half>();
  for (const other of directory.platformsOf(pair)) {
    if (other.id === platform.id) continue;
    for (const { role } of other.partiesOf(pair)) halves.add(halfOf(role));
  }
  for (const { role, held } of platform.partiesOf(pair)) if (held) halves.delete(halfOf(role));
  return halves;
}

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
 * It may when it holds the pair in one of the roles. A platform that holds the pair in other roles may as well, as long
 * as no other platform lists the half of the pair that these roles belong to, held or given up.
 */
export function mayActAs(
  platform: PlatformEntry,
  pair: PartyId,
  roles: readonly Role[],
  directory: Directory,
): boolean {
  if (platform.holdsAs(pair, roles)) return true;
  if (!platform.holds(pair)) return false;
  const foreign = foreignHalves(platform, pair, directory);
  return !roles.some((role) => foreign.has(halfOf(role)));
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

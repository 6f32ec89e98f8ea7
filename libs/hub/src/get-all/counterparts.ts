/** Whose objects a GET All is about. */
import { exchangeBodies, type PartyId, type PartyKey, partyKey, sameParty } from '@app/ocpi';
import { type Directory, pairsActingAs, type PlatformEntry } from '../directory';
import { type Permitted } from '../exchange';

/** A party whose objects the requester may have. */
export interface Counterpart {
  readonly key: PartyKey;
  readonly party: PartyId;
  readonly platform: PlatformEntry;
}

/**
 * Every party but the requester that has objects of the module, is registered and not suspended, and with which
 * an agreement covers it; in the order of their names, which stays the same from page to page.
 */
export function counterpartsOf(message: Permitted, directory: Directory): readonly Counterpart[] {
  const roles = message.row?.interfaces.SENDER.roles ?? [];
  const found: Counterpart[] = [];
  for (const platform of directory.all()) {
    if (!takesPart(platform, message)) continue;
    for (const party of pairsActingAs(platform, roles, directory)) {
      if (mayHave(message, platform, party, directory)) found.push({ key: partyKey(party), party, platform });
    }
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function takesPart({ record }: PlatformEntry, { caller, target }: Permitted): boolean {
  if (record.suspended || record.version === null) return false;
  if (record.status !== 'CONNECTED' && record.status !== 'OFFLINE') return false;
  return exchangeBodies(caller.record.version ?? target.version, record.version);
}

function mayHave(message: Permitted, platform: PlatformEntry, party: PartyId, directory: Directory): boolean {
  const { caller, from, target, receivedAt } = message;
  if (platform.id === caller.id && sameParty(party, from)) return false;
  const exchange = {
    from: caller.participant(from),
    to: platform.participant(party),
    module: target.module,
  };
  return directory.agreements.allows(exchange, receivedAt);
}

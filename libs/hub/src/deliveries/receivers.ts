/**
 * Who a broadcast goes to.
 *
 * Spec: 2.2.1-d2 transport_and_format, Broadcast Push.
 */
import { exchangeBodies, type ModuleRow, type PartyId, sameParty, type Version } from '@app/ocpi';
import { type Directory, type PlatformEntry } from '../directory';
import { type Leg } from '../ports';

/** What the choice looks at: who sends, on which version, and which module. */
export interface BroadcastSender {
  readonly caller: PlatformEntry;
  readonly from: PartyId;
  readonly version: Version;
  readonly row: ModuleRow;
  readonly at: Date;
}

/**
 * Every other party of the opposite role whose platform implements the module's Receiver interface, is registered,
 * speaks a version with the same bodies, and with which an agreement allows it. A pair is one receiver at its platform,
 * however many roles it has there. The sender's own pair is none at the sender's platform; at another platform it is the
 * other half, which receives like any party.
 *
 * A receiver that is OFFLINE or suspended by the operator is one, too: its delivery waits, and replaces older ones that
 * wait, so that nothing older than the newest accepted state is sent to it later.
 */
export function broadcastReceivers(directory: Directory, sender: BroadcastSender): Leg[] {
  const { caller, from, row } = sender;
  if (!caller.holdsAs(from, row.interfaces.SENDER.roles)) return [];
  const { module } = row;
  const { agreements } = directory;
  const participant = caller.participant(from);
  const legs: Leg[] = [];
  for (const platform of directory.receiversOf(module)) {
    if (!takesDeliveries(platform, sender.version)) continue;
    for (const party of platform.pairsIn(row.interfaces.RECEIVER.roles)) {
      if (platform.id === caller.id && sameParty(party, from)) continue;
      const exchange = { from: participant, to: platform.participant(party), module };
      if (agreements.allows(exchange, sender.at)) legs.push({ platformId: platform.id, party });
    }
  }
  return legs;
}

function takesDeliveries({ record }: PlatformEntry, version: Version): boolean {
  if (record.version === null) return false;
  if (!record.suspended && record.status !== 'CONNECTED' && record.status !== 'OFFLINE') return false;
  return exchangeBodies(version, record.version);
}

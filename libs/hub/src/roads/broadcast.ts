/**
 * The broadcast road: one push to everybody of the opposite role, sent later by the delivery worker.
 *
 * Spec: 2.2.1-d2 transport_and_format, Broadcast Push.
 */
import {
  envelope,
  onwardHeaders,
  type PartyId,
  partyKey,
  pushedObject,
  type Role,
  STATUS,
  type Version,
} from '@app/ocpi';
import { broadcastReceivers } from '../deliveries';
import { type Directory } from '../directory';
import { type Answer, noted, type Permitted, type Relayed } from '../exchange';
import { HubError } from '../hub-error';
import { type Listing, listingOf } from '../objects';
import { type Outbox, type OutgoingPush, type Waker } from '../ports';

export interface BroadcastParts {
  readonly directory: Directory;
  readonly hub: PartyId;
  readonly outbox: Outbox;
  readonly waker: Waker;
  /** How long a delivery is tried for, in s. */
  readonly deliveryMaxAgeSeconds: number;
  readonly newId: () => string;
  readonly now: () => Date;
}

/**
 * Takes the push over for all its receivers; the sender is answered when it is durable, and not before.
 *
 * @throws HubError `hub_not_addressable` for a module that nobody broadcasts; `sender_role_missing`; whatever the outbox
 *   throws when it cannot take the push
 */
export async function broadcast(permitted: Permitted, parts: BroadcastParts): Promise<Relayed> {
  const { caller, from, target, row, receivedAt: at } = permitted;
  if (!row) throw new HubError('hub_not_addressable', target.module);
  requireSender(permitted, row.interfaces.SENDER.roles);
  const version = caller.record.version ?? target.version;
  const legs = broadcastReceivers(parts.directory, { caller, from, version, row, at });
  const push = pushOf(permitted, version, parts);
  const listing = listingOf(permitted);
  const { lines, bundles } = await parts.outbox.accept(push, legs, {
    change: listing.change,
    inBundles: true,
  });
  parts.waker.wake(lines, bundles);
  const unlisted = unlistedNote(listing);
  if (unlisted !== undefined) noted(permitted, unlisted);
  const answer = accepted([receiversNote(legs.length), unlisted], parts);
  return { ...permitted, answer, onwardRequestId: null };
}

/** A push that can reach no party is no success: the sender has another role than it believes. */
function requireSender({ caller, from, target }: Permitted, roles: readonly Role[]): void {
  if (caller.holdsAs(from, roles)) return;
  const who = `${partyKey(from)} is not ${roles.join(' or ')}, the role that broadcasts ${target.module}`;
  throw new HubError('sender_role_missing', who);
}

function pushOf(
  { caller, from, target, method, headers, body, ids }: Permitted,
  version: Version,
  parts: BroadcastParts,
): OutgoingPush {
  const { module, rest, query } = target;
  return {
    id: parts.newId(),
    routing: 'hub',
    ...{ module, method, rest, query, body, version },
    headers: onwardHeaders(headers, body !== null),
    object: pushedObject(module, rest, query),
    ...{ requestId: ids.requestId, correlationId: ids.correlationId },
    from: { platformId: caller.id, party: from },
    maxAgeSeconds: parts.deliveryMaxAgeSeconds,
  };
}

/** Zero receivers is a success, too: the sender did what it should. */
function receiversNote(receivers: number): string | undefined {
  return receivers > 0 ? undefined : 'accepted; there is no other party to receive it';
}

/** Says to the sender and in the message log why GET All does not show an object that is delivered. */
function unlistedNote({ unlisted }: Listing): string | undefined {
  return unlisted === undefined ? undefined : `the hub does not list this object: ${unlisted}`;
}

function accepted(notes: readonly (string | undefined)[], { hub, now }: BroadcastParts): Answer {
  const said = notes.filter((note) => note !== undefined);
  const message = said.length > 0 ? said.join('; ') : undefined;
  return {
    httpStatus: 200,
    ocpiStatus: STATUS.SUCCESS,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(envelope(STATUS.SUCCESS, now(), undefined, message))),
    from: hub,
  };
}

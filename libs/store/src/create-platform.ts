import { randomUUID } from 'node:crypto';
import { type NewPlatform } from '@app/hub';
import { type Party } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { claimsOf, concerned, heldRow, lockPairs, rowsOf, takenParty, writeParties } from './claim';
import { PlatformEntity } from './entities';
import { noteStatuses } from './statuses/history';
import { issueTokenA } from './tokens';
import { announce } from './transaction';

type Created = { readonly id: string } | { readonly taken: Party };

/** A platform that the operator makes: its parties are PLANNED and its own until it is unregistered. */
export async function createPlatform(
  manager: EntityManager,
  { name, plannedParties, tokenAHash }: NewPlatform,
  now: Date,
): Promise<Created> {
  const id = randomUUID();
  const claims = claimsOf(plannedParties);
  const pairs = await lockPairs(manager, claims);
  const taken = takenParty(claims, pairs, id);
  if (taken !== undefined) return { taken };
  const rows = rowsOf(claims, pairs);
  await manager.insert(PlatformEntity, {
    ...BLANK,
    id,
    name,
    announcedParties: [...claims.keys()],
    createdAt: now,
  });
  const planned = [...claims].map(([key, party]) =>
    heldRow({ ...party, businessDetails: null }, rows.get(key), { platformId: id, status: 'PLANNED', now }),
  );
  await writeParties(manager, planned);
  await issueTokenA(manager, id, tokenAHash, now);
  await noteStatuses(manager, id, 'announced');
  await announce(manager, ...concerned(rows, id));
  return { id };
}

const BLANK = {
  status: 'PLANNED',
  suspended: false,
  version: null,
  versionsUrl: null,
  peerToken: null,
  registeredAt: null,
  lastSeenAt: null,
} as const;

import { type ApproveOutcome } from '@app/hub';
import { type Party } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import {
  type Claims,
  claimsOf,
  concerned,
  heldRow,
  lockPairs,
  rowsOf,
  takenParty,
  writeParties,
} from './claim';
import { PlatformEntity } from './entities';
import { lockPlatform } from './register';
import { noteStatuses } from './statuses/history';
import { announce } from './transaction';
import { replaceWaiting, waitingClaim, waitingOf } from './waiting-parties';

/**
 * Connects parties that wait, all of a platform's when none are named; looks at everything before it writes anything.
 */
export async function approveParties(
  manager: EntityManager,
  platformId: string,
  parties: readonly Party[] | undefined,
  now: Date,
): Promise<ApproveOutcome> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null) return { outcome: 'not_found' };
  const waiting = await waitingOf(manager, platform.id);
  const claims = claimsOf(parties ?? [...waiting.values()]);
  for (const [key, { countryCode, partyId, role }] of claims) {
    if (!waiting.has(key)) return { outcome: 'not_waiting', party: { countryCode, partyId, role } };
  }
  const approved = claimsOf([...waiting].flatMap(([key, row]) => (claims.has(key) ? waitingClaim(row) : [])));
  const taken = await connect(manager, platform, approved, now);
  if (taken !== undefined) return { outcome: 'party_taken', party: taken };
  const others = [...waiting].flatMap(([key, row]) => (claims.has(key) ? [] : waitingClaim(row)));
  await replaceWaiting(manager, platform.id, claimsOf(others), now);
  return { outcome: 'done' };
}

/** The parties become the platform's, with its status. @returns the first one whose half another platform holds */
async function connect(
  manager: EntityManager,
  platform: PlatformEntity,
  claims: Claims<Parameters<typeof heldRow>[0]>,
  now: Date,
): Promise<Party | undefined> {
  const pairs = await lockPairs(manager, claims);
  const taken = takenParty(claims, pairs, platform.id);
  if (taken !== undefined) return taken;
  const rows = rowsOf(claims, pairs);
  const holding = { platformId: platform.id, status: platform.status, now };
  await writeParties(
    manager,
    [...claims].map(([key, claim]) => heldRow(claim, rows.get(key), holding)),
  );
  await noteStatuses(manager, platform.id, 'approved');
  await announce(manager, ...concerned(rows, platform.id));
  return undefined;
}

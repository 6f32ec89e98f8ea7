/** The parties that wait for the operator's approval. */
import { type Party } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { type Claims, roleKey } from './claim';
import { WaitingPartyEntity } from './entities';

type Claim = Party & { readonly businessDetails: Record<string, unknown> | null };

/** A party that waits, as a claim. */
export function waitingClaim({ countryCode, partyId, role, businessDetails }: WaitingPartyEntity): Claim {
  return { countryCode, partyId, role, businessDetails: businessDetails as Claim['businessDetails'] };
}

/** Rows in one statement: six values each. */
const ROWS_PER_STATEMENT = 1_000;

/** What waits on a platform, by `NL*TNM/CPO`. */
export async function waitingOf(
  manager: EntityManager,
  platformId: string,
): Promise<Map<string, WaitingPartyEntity>> {
  const rows = await manager.findBy(WaitingPartyEntity, { platformId });
  return new Map(rows.map((row) => [roleKey(row), row]));
}

/** From now on these wait, and no others. A party that waits already does so since then. */
export async function replaceWaiting(
  manager: EntityManager,
  platformId: string,
  claims: Claims<Claim>,
  now: Date,
): Promise<void> {
  const before = await waitingOf(manager, platformId);
  await manager.delete(WaitingPartyEntity, { platformId });
  const rows = [...claims].map(([key, { countryCode, partyId, role, businessDetails }]) => ({
    ...{ platformId, countryCode, partyId, role, businessDetails },
    since: before.get(key)?.since ?? now,
  }));
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    await manager.insert(WaitingPartyEntity, rows.slice(at, at + ROWS_PER_STATEMENT));
  }
}

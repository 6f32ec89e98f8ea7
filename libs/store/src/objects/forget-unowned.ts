import { MODULES } from '@app/ocpi';
import { type EntityManager } from 'typeorm';

const OWNERS = MODULES.flatMap(({ module, interfaces }) =>
  interfaces.SENDER.roles.map((role) => [module, role]),
);

/** What is about a party that its platform does not hold any more in a role that owns such objects. */
const UNOWNED = `platform_id = $1 AND NOT EXISTS (
  SELECT 1 FROM parties JOIN unnest($2::text[], $3::text[]) AS owns (module, role) ON owns.role = parties.role
  WHERE owns.module = OWNED.module AND parties.platform_id = $1 AND parties.held
    AND parties.country_code || '*' || parties.party_id = OWNED.owner)`;

/** Forgets the objects of parties that a platform gave up, and what is to be pulled of them. Call it after the change. */
export async function forgetUnowned(manager: EntityManager, platformId: string): Promise<void> {
  const values = [platformId, OWNERS.map(([module]) => module), OWNERS.map(([, role]) => role)];
  for (const table of ['sync_state', 'objects']) {
    await manager.query(`DELETE FROM ${table} WHERE ${UNOWNED.replaceAll('OWNED', table)}`, values);
  }
}

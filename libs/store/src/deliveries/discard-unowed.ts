/**
 * A delivery is owed to a party in one registration of its platform. What waits beyond that is discarded: it must not
 * go to the party or platform that comes after.
 */
import { type UnowedReason } from '@app/hub';
import { MODULES } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { spreadPlatform } from './bundles';

/** Module and receiving role, one pair a row. */
const TAKES = MODULES.flatMap(({ module, interfaces }) =>
  interfaces.RECEIVER.roles.map((role) => ({ module, role })),
);

const REASON: Readonly<Record<'gone' | 'left' | 'unserved', UnowedReason>> = {
  gone: 'platform_unregistered',
  left: 'party_left',
  unserved: 'interface_not_implemented',
};

/** Whether the receiving party is still at the platform, in a role that receives the module. */
const HELD = `EXISTS (
  SELECT FROM parties party JOIN unnest($2::text[], $3::text[]) AS takes (module, role) ON takes.role = party.role
  WHERE party.platform_id = delivery.platform_id AND party.held AND takes.module = push.module
    AND party.country_code || '*' || party.party_id = delivery.party)`;

const SERVED = `EXISTS (
  SELECT FROM endpoints endpoint WHERE endpoint.platform_id = delivery.platform_id
    AND endpoint.module = push.module AND endpoint.interface_role = 'RECEIVER')`;

/** A worker that is sending one of them has lost its lease with this: it can neither end it nor send it again. */
const DISCARD = `
  WITH unowed AS (
    SELECT delivery.id, CASE WHEN platform.registered_at IS NULL THEN '${REASON.gone}'
      WHEN delivery.party IS NOT NULL AND NOT ${HELD} THEN '${REASON.left}'
      WHEN NOT ${SERVED} THEN '${REASON.unserved}' END AS reason
    FROM deliveries delivery JOIN pushes push ON push.id = delivery.push_id
    JOIN platforms platform ON platform.id = delivery.platform_id
    WHERE delivery.platform_id = $1 AND delivery.state = 'waiting' AND delivery.parked = ANY ('{true,false}')
  )
  UPDATE deliveries delivery SET state = 'discarded', last_error = unowed.reason, finished_at = now(),
    lease_id = NULL, lease_until = NULL
  FROM unowed WHERE delivery.id = unowed.id AND delivery.state = 'waiting' AND unowed.reason IS NOT NULL`;

/** What an earlier registration missed is nothing to the next one. */
const FORGET_RESYNC = `
  UPDATE delivery_receivers SET resync_since = NULL
  WHERE platform_id = $1 AND EXISTS (SELECT FROM platforms WHERE id = $1 AND registered_at IS NULL)`;

/**
 * Discards what waits for a platform and is owed there no more, with the reason. Called at the end of every transaction
 * that ends a registration or changes which parties and endpoints a platform has.
 */
export async function discardUnowed(manager: EntityManager, platformId: string): Promise<void> {
  await spreadPlatform(manager, platformId);
  await manager.query(DISCARD, [
    platformId,
    TAKES.map(({ module }) => module),
    TAKES.map(({ role }) => role),
  ]);
  await manager.query(FORGET_RESYNC, [platformId]);
}

/**
 * Bundles: many legs of one push in one row, until a worker takes them over. A push to thousands is accepted, and its
 * sender answered, without a row for each receiver; the worker writes those while it is sending already.
 *
 * A leg is in a bundle or a row of its own, and never both. Before anything newer is accepted for its object, a bundle
 * is spread, so that whatever is ordered behind a leg or replaces it finds it as a row.
 */
import { randomUUID } from 'node:crypto';
import { type DeliveryLine, type Leg, objectId, type OutgoingPush } from '@app/hub';
import { partyKey } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { NOW, UNTAKEN } from './conditions';

/** Fewer legs are leased each: a bundle costs two statements more, and what it holds waits for one worker. */
export const SMALLEST_BUNDLE = 20;
/** A push to thousands is still several bundles, so that workers share it. */
const LARGEST_BUNDLE = 500;

/** A leg as it stands in a bundle. */
export interface BundledLeg {
  readonly id: string;
  readonly platform_id: string;
  readonly party: string | null;
  readonly line: string;
}

/** A leg, and the line that it is in. */
export interface LegInLine {
  readonly leg: Leg;
  readonly line: string;
}

const INSERT = `
  INSERT INTO delivery_bundles (id, push_id, object_id, legs, leg_count, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, ${NOW}, now() + $6 * interval '1 second')`;

/**
 * Locks bundles that meet a condition, oldest first, until they have so many legs (`limit`) together.
 *
 * An array is made once. As the members of an `IN`, the bundles could be looked for anew for each row of the table, and
 * each time those would be found that are left.
 */
export const oldestBundles = (condition: string, limit: string): string => `ARRAY(
  SELECT id FROM delivery_bundles WHERE id IN (
    SELECT id FROM (
      SELECT id, sum(leg_count) OVER (ORDER BY created_at, id) - leg_count AS before
      FROM delivery_bundles WHERE ${condition}) queue
    WHERE before < ${limit})
  FOR UPDATE SKIP LOCKED)`;

/**
 * Makes rows of the legs of bundles. Those that a worker has taken stay leased by it, and it is the worker's own lease
 * that they get: it may be sending them.
 */
const spreadAll = (ids: string): string => `
  WITH bundle AS (
    DELETE FROM delivery_bundles WHERE id = ANY(${ids}) RETURNING *
  )
  INSERT INTO deliveries (id, push_id, platform_id, party, line, state, parked, attempts,
    created_at, next_attempt_at, expires_at, lease_id, lease_until)
  SELECT leg.id, bundle.push_id, leg.platform_id, leg.party, leg.line, 'waiting', false, 0,
    bundle.created_at, bundle.created_at, bundle.expires_at, bundle.lease_id, bundle.lease_until
  FROM bundle CROSS JOIN LATERAL json_to_recordset(bundle.legs)
    AS leg (id uuid, platform_id uuid, party text, line uuid)`;

const SPREAD = spreadAll('ARRAY[$1::uuid]');

/** Who has one of them locked is making rows of it: they are there when the lock is free. */
const SPREAD_OBJECT = `
  ${spreadAll('ARRAY(SELECT id FROM delivery_bundles WHERE object_id = $1 ORDER BY id FOR UPDATE)')}
  RETURNING line, platform_id AS "platformId", coalesce(lease_until > now(), false) AS leased`;

const SPREAD_PLATFORM = spreadAll(
  `ARRAY(SELECT id FROM delivery_bundles WHERE strpos(legs::text, $1::uuid::text) > 0 ORDER BY id FOR UPDATE)`,
);
const SPREAD_EXPIRED = spreadAll(oldestBundles(`expires_at <= now() AND ${UNTAKEN}`, '$1'));

type SpreadRow = DeliveryLine & { readonly leased: boolean };

/** Writes legs in bundles. @returns the ids of the bundles */
export async function insertBundles(
  manager: EntityManager,
  push: OutgoingPush,
  legs: readonly LegInLine[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < legs.length; at += LARGEST_BUNDLE) {
    const id = randomUUID();
    const bundled = legs.slice(at, at + LARGEST_BUNDLE).map(bundledLeg);
    const values = [JSON.stringify(bundled), bundled.length, push.maxAgeSeconds];
    await manager.query(INSERT, [id, push.id, objectId(push.object), ...values]);
    ids.push(id);
  }
  return ids;
}

function bundledLeg({ leg: { platformId, party }, line }: LegInLine): BundledLeg {
  return { id: randomUUID(), platform_id: platformId, party: party && partyKey(party), line };
}

/** Makes rows of the legs of a bundle, unless somebody else did. */
export async function spreadBundle(manager: EntityManager, id: string): Promise<void> {
  await manager.query(SPREAD, [id]);
}

/** Makes rows of all bundles of an object, whose lock the caller has. @returns lines to wake */
export async function spreadObject(
  manager: EntityManager,
  object: OutgoingPush['object'],
): Promise<DeliveryLine[]> {
  const rows = await manager.query<SpreadRow[]>(SPREAD_OBJECT, [objectId(object)]);
  return rows.filter(({ leased }) => !leased).map(({ line, platformId }) => ({ line, platformId }));
}

/** Makes rows of all bundles that have legs of a platform; the legs of others are found by the sweep. */
export async function spreadPlatform(manager: EntityManager, platformId: string): Promise<void> {
  await manager.query(SPREAD_PLATFORM, [platformId]);
}

/** What nobody took in its time can be ended leg by leg: at least so many legs, if there are as many. */
export async function spreadExpired(manager: EntityManager, legs: number): Promise<void> {
  await manager.query(SPREAD_EXPIRED, [legs]);
}

/** What the sweep does: lets go what can go again, ends what is too old, forgets what was kept long enough. */
import { type DeliveryLine, type DeliveryState, type Page, type PageRequest } from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from '../cursor';
import { inTransaction } from '../transaction';
import { spreadExpired } from './bundles';
import { FREE, NOW } from './conditions';

/** How long legs that are over are kept, in days. */
const KEPT_DAYS: Readonly<Record<Exclude<DeliveryState, 'waiting'>, number>> = {
  delivered: 1,
  replaced: 1,
  dead: 30,
  expired: 30,
  discarded: 30,
};
/** A push whose transaction is not over yet has no legs that others can see: only older ones are orphans. */
const ORPHAN_AFTER_HOURS = 1;

/** What somebody else has locked right now is found again, and nobody waits for another. */
const PARK = `
  UPDATE deliveries SET parked = true, next_attempt_at = expires_at WHERE id IN (
    SELECT id FROM deliveries delivery WHERE platform_id = $1 AND state = 'waiting' AND NOT parked AND ${FREE}
    FOR UPDATE SKIP LOCKED)`;

/** By the index from one paused platform to the next: few are, and of all that waits nearly nothing is for them. */
const PARK_PAUSED = `
  WITH late AS (
    SELECT leg.id FROM delivery_receivers receiver CROSS JOIN LATERAL (
      SELECT id FROM deliveries delivery
      WHERE delivery.platform_id = receiver.platform_id AND state = 'waiting' AND NOT parked AND ${FREE}
      LIMIT $1 FOR UPDATE SKIP LOCKED) leg
    WHERE receiver.paused_at IS NOT NULL LIMIT $1
  )
  UPDATE deliveries delivery SET parked = true, next_attempt_at = expires_at
  FROM late WHERE delivery.id = late.id`;

/** Walks from one platform with parked legs to the next by the index, however many legs each has. */
const UNPARK = `
  WITH RECURSIVE place AS (
    (SELECT platform_id FROM deliveries WHERE state = 'waiting' AND parked ORDER BY platform_id LIMIT 1)
    UNION ALL
    SELECT (
      SELECT platform_id FROM deliveries WHERE state = 'waiting' AND parked AND platform_id > place.platform_id
      ORDER BY platform_id LIMIT 1)
    FROM place WHERE place.platform_id IS NOT NULL
  ), open AS (
    SELECT place.platform_id FROM place JOIN platforms ON platforms.id = place.platform_id
    LEFT JOIN delivery_receivers receiver ON receiver.platform_id = place.platform_id
    WHERE platforms.status = 'CONNECTED' AND NOT platforms.suspended AND receiver.paused_at IS NULL
  ), ready AS (
    SELECT delivery.id FROM open JOIN deliveries delivery ON delivery.platform_id = open.platform_id
    WHERE delivery.state = 'waiting' AND delivery.parked AND delivery.expires_at > now()
    LIMIT $1 FOR UPDATE OF delivery SKIP LOCKED
  )
  UPDATE deliveries delivery SET parked = false, next_attempt_at = ${NOW}
  FROM ready WHERE delivery.id = ready.id
  RETURNING delivery.line, delivery.platform_id AS "platformId"`;

const OVERDUE = `
  SELECT id, line, platform_id AS "platformId", next_attempt_at AS at FROM deliveries delivery
  WHERE state = 'waiting' AND next_attempt_at <= now() - $1 * interval '1 ms' AND expires_at > now() AND ${FREE}
    AND ($2::timestamptz IS NULL OR (next_attempt_at, id) > ($2, $3::uuid))
  ORDER BY next_attempt_at, id LIMIT $4`;

/** A leg never waits beyond its age, so one that is over it is also due: one index finds both. */
const EXPIRE = `
  WITH old AS (
    SELECT delivery.id, platform.status IS DISTINCT FROM 'CONNECTED' OR delivery.parked AS unreachable
    FROM deliveries delivery LEFT JOIN platforms platform ON platform.id = delivery.platform_id
    WHERE delivery.state = 'waiting' AND delivery.next_attempt_at <= now() AND delivery.expires_at <= now()
      AND ${FREE}
    ORDER BY delivery.next_attempt_at LIMIT $1 FOR UPDATE OF delivery SKIP LOCKED)
  UPDATE deliveries delivery
  SET state = CASE WHEN old.unreachable THEN 'expired' ELSE 'dead' END, finished_at = now(),
    lease_id = NULL, lease_until = NULL,
    last_error = coalesce(delivery.last_error, CASE WHEN old.unreachable THEN 'receiver_offline' ELSE 'too_old' END)
  FROM old WHERE delivery.id = old.id
  RETURNING delivery.platform_id, delivery.party, delivery.state`;

const NEEDS_RESYNC = `
  INSERT INTO delivery_receivers (platform_id, resync_since) SELECT DISTINCT id, now() FROM unnest($1::uuid[]) AS id
  ON CONFLICT (platform_id) DO UPDATE SET resync_since = coalesce(delivery_receivers.resync_since, now())`;

const PURGE_LEGS = `
  DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE state = $1
      AND created_at < now() - $2 * interval '1 day' AND finished_at < now() - $2 * interval '1 day'
    LIMIT $3 FOR UPDATE SKIP LOCKED)`;

/**
 * A deleted object is remembered for longer than a pull may take, so that a list that was read before the deletion does
 * not bring it back. Lists show no deleted objects, so that no reader misses it.
 */
const PURGE_TOMBSTONES = `
  DELETE FROM objects WHERE ctid IN (
    SELECT ctid FROM objects WHERE deleted_at < now() - interval '1 day' LIMIT $1 FOR UPDATE SKIP LOCKED)`;

const PURGE_PUSHES = `
  DELETE FROM pushes WHERE id IN (
    SELECT id FROM pushes push WHERE created_at < now() - interval '${ORPHAN_AFTER_HOURS} hours'
      AND NOT EXISTS (SELECT FROM deliveries WHERE push_id = push.id)
      AND NOT EXISTS (SELECT FROM delivery_bundles WHERE push_id = push.id) LIMIT $1 FOR UPDATE SKIP LOCKED)`;

/**
 * Makes room for senders that have much here: their oldest pushes with which nothing waits go, before their time. The
 * newest ones stay for a moment, so that an operator sees what just happened.
 */
const MAKE_ROOM = `
  WITH crowded AS (
    SELECT platform_id FROM platform_usage GROUP BY platform_id HAVING sum(bytes) > $1
  ), over AS (
    SELECT push.id FROM crowded CROSS JOIN LATERAL (
      SELECT id FROM pushes
      WHERE from_platform_id = crowded.platform_id AND created_at < now() - interval '10 seconds'
        AND NOT EXISTS (SELECT FROM deliveries WHERE push_id = pushes.id AND state = 'waiting')
        AND NOT EXISTS (SELECT FROM delivery_bundles WHERE push_id = pushes.id)
      ORDER BY created_at LIMIT $2) push
    LIMIT $2
  ), legs AS (DELETE FROM deliveries WHERE push_id IN (SELECT id FROM over))
  DELETE FROM pushes WHERE id IN (SELECT id FROM over)`;

/** Pushes of one statement; each may have thousands of legs. */
const ROOM_PUSHES = 100;

/** @see DeliveryStore.park */
export async function parkLegs(dataSource: DataSource, platformId: string): Promise<void> {
  await dataSource.query(PARK, [platformId]);
}

/** @see DeliveryStore.parkPaused */
export async function parkPaused(dataSource: DataSource, limit: number): Promise<number> {
  const [, rows] = await dataSource.query<[unknown[], number]>(PARK_PAUSED, [limit]);
  return rows;
}

/** @see DeliveryStore.unpark */
export async function unparkLegs(dataSource: DataSource, limit: number): Promise<readonly DeliveryLine[]> {
  const [lines] = await dataSource.query<[DeliveryLine[], number]>(UNPARK, [limit]);
  return lines;
}

/** @see DeliveryStore.overdue */
export async function overdueLines(
  dataSource: DataSource,
  overdueMs: number,
  { cursor, limit }: PageRequest,
): Promise<Page<DeliveryLine>> {
  const after = cursor === null ? null : readTimeCursor(cursor);
  const rows = await dataSource.query<(DeliveryLine & { readonly id: string; readonly at: Date })[]>(
    OVERDUE,
    [...[overdueMs, after?.at ?? null, after?.id ?? null, limit + 1]],
  );
  return pageOf(rows, limit, (last) => writeCursor(last.at.toISOString(), last.id));
}

/** @see DeliveryStore.expire */
export function expireLegs(dataSource: DataSource, limit: number): Promise<number> {
  return inTransaction(dataSource, async (manager) => {
    await spreadExpired(manager, limit);
    const [legs] = await manager.query<[ExpiredRow[], number]>(EXPIRE, [limit]);
    // A push to a platform itself (ClientInfo) is the hub's own news: the platform can fetch nothing for it.
    const missed = legs.filter(({ state, party }) => state === 'expired' && party !== null);
    if (missed.length > 0) await manager.query(NEEDS_RESYNC, [missed.map((leg) => leg.platform_id)]);
    return legs.length;
  });
}

interface ExpiredRow {
  readonly platform_id: string;
  readonly party: string | null;
  readonly state: DeliveryState;
}

/**
 * The pushes come last, and once: to find those without legs, all are looked through.
 *
 * @see DeliveryStore.purge
 */
export async function purgeLegs(
  dataSource: DataSource,
  limit: number,
  crowdedBytes: number,
): Promise<number> {
  const purged: number[] = [];
  if (Number.isFinite(crowdedBytes)) {
    const pushes = await deleted(dataSource, MAKE_ROOM, [Math.floor(crowdedBytes), ROOM_PUSHES]);
    purged.push(pushes === ROOM_PUSHES ? limit : pushes);
  }
  purged.push(await deleted(dataSource, PURGE_TOMBSTONES, [limit]));
  for (const [state, days] of Object.entries(KEPT_DAYS)) {
    purged.push(await deleted(dataSource, PURGE_LEGS, [state, days, limit]));
  }
  if (!purged.includes(limit)) purged.push(await deleted(dataSource, PURGE_PUSHES, [limit]));
  return purged.reduce((sum, rows) => sum + rows, 0);
}

async function deleted(dataSource: DataSource, text: string, values: readonly unknown[]): Promise<number> {
  const [, rows] = await dataSource.query<[unknown[], number]>(text, [...values]);
  return rows;
}

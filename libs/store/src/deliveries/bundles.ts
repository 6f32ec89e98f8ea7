/**
 * Bundles: many legs of one push that one worker takes over together. They are leased as they are accepted: else a
 * push to thousands would be written, and then, leg by leg, written again for the leases.
 */
import { randomUUID } from 'node:crypto';
import { type DeliveryLine, type LeasedLeg } from '@app/hub';
import { type DataSource, type EntityManager } from 'typeorm';
import { type TakenRow, toLeg } from './lease';
import { type PushCache } from './push-cache';

/** Fewer legs are leased each: a bundle costs a row and its removal, and what it holds waits for one worker. */
const SMALLEST_BUNDLE = 20;
/** A push to thousands is still several bundles, so that workers share it. */
const LARGEST_BUNDLE = 500;
/** For how long a bundle may wait for its worker, in ms: what comes later is leased leg by leg. */
export const BUNDLE_WAIT_MS = 10_000;

/** Which legs go in which bundle. */
export interface Bundling {
  readonly ids: readonly string[];
  /** For each leg the place of its bundle in `ids`, counted from 1 as PostgreSQL does; null: in none. */
  readonly placeOfLeg: readonly (number | null)[];
}

/**
 * Bundles legs up, if they are many.
 *
 * @param lines of the legs, in their order
 * @param apart lines that are looked at one by one: something that must go first waits in them
 */
export function bundleUp(lines: readonly string[], apart: ReadonlySet<string>): Bundling {
  const taken = new Set(apart);
  const alone = lines.map((line) => !taken.has(line) && taken.add(line) !== undefined);
  const count = alone.filter(Boolean).length;
  if (count < SMALLEST_BUNDLE) return { ids: [], placeOfLeg: lines.map(() => null) };
  let place = 0;
  return {
    ids: Array.from({ length: Math.ceil(count / LARGEST_BUNDLE) }, () => randomUUID()),
    placeOfLeg: alone.map((isAlone) => (isAlone ? 1 + Math.floor(place++ / LARGEST_BUNDLE) : null)),
  };
}

/** One worker gets a bundle, whoever asks for it with him: it is his who takes its row away. */
const takeWhere = (condition: string): string => `
  WITH taken AS (
    DELETE FROM delivery_bundles WHERE id IN (
      SELECT id FROM delivery_bundles WHERE ${condition} FOR UPDATE SKIP LOCKED)
    RETURNING *
  )
  SELECT leg.line, leg.platform_id AS "platformId", leg.id, leg.lease_id, leg.push_id, leg.party, leg.attempts,
    extract(epoch FROM leg.expires_at - now())::float8 * 1000 AS remaining_ms,
    extract(epoch FROM leg.lease_until - now())::float8 * 1000 AS leased_ms
  FROM taken CROSS JOIN LATERAL (
    SELECT * FROM deliveries
    WHERE push_id = taken.push_id AND sequence BETWEEN taken.first_sequence AND taken.last_sequence
      AND lease_id = taken.id AND state = 'waiting' AND lease_until > now() AND expires_at > now() OFFSET 0) leg`;

const TAKE = takeWhere('id = $1');

const TAKE_FORGOTTEN = takeWhere(`id IN (
  SELECT id FROM delivery_bundles WHERE created_at < now() - $1 * interval '1 ms' ORDER BY created_at LIMIT $2)`);

/** Bundles that nobody has taken yet, with a leg of the condition: all their legs are free again. */
const takeBackWhere = (condition: string): string => `
  WITH back AS (
    DELETE FROM delivery_bundles WHERE id IN (
      SELECT id FROM delivery_bundles
      WHERE id IN (SELECT lease_id FROM deliveries WHERE ${condition} AND state = 'waiting')
      FOR UPDATE SKIP LOCKED)
    RETURNING *
  )
  UPDATE deliveries delivery SET lease_id = NULL, lease_until = NULL FROM back
  WHERE delivery.push_id = back.push_id AND delivery.lease_id = back.id AND delivery.state = 'waiting'
    AND delivery.sequence BETWEEN back.first_sequence AND back.last_sequence
  RETURNING delivery.line, delivery.platform_id AS "platformId"`;

const TAKE_BACK_LINES = takeBackWhere('line = ANY($1::uuid[])');

const TAKE_BACK_PLATFORM = takeBackWhere('platform_id = $1');

const RELEASE = `
  UPDATE deliveries delivery SET lease_id = NULL, lease_until = NULL
  FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[])) AS given (id, lease_id)
  WHERE delivery.id = given.id AND delivery.lease_id = given.lease_id AND delivery.state = 'waiting'`;

type BundledRow = Omit<TakenRow, 'due_in_ms'> & DeliveryLine & { readonly leased_ms: number };

/** The legs of a bundle, if nobody has taken it yet. */
export function takeBundle(dataSource: DataSource, pushes: PushCache, id: string): Promise<LeasedLeg[]> {
  return take(dataSource, pushes, [TAKE, [id]]);
}

/** The legs of so many bundles that wait for longer than `overdueMs`. */
export function takeForgotten(
  dataSource: DataSource,
  pushes: PushCache,
  overdueMs: number,
  limit: number,
): Promise<LeasedLeg[]> {
  return take(dataSource, pushes, [TAKE_FORGOTTEN, [overdueMs, limit]]);
}

async function take(
  dataSource: DataSource,
  pushes: PushCache,
  [text, values]: readonly [string, unknown[]],
): Promise<LeasedLeg[]> {
  const askedAt = performance.now();
  const rows = await dataSource.query<BundledRow[]>(text, values);
  const found = await pushes.get(rows.map(({ push_id }) => push_id));
  return rows.flatMap((row) => {
    const push = found.get(row.push_id);
    return push ? [toLeg(row, row, push, askedAt + row.leased_ms)] : [];
  });
}

/** What must be ordered behind a newer push, or replaced by it, cannot wait in a bundle. @returns lines to wake */
export function takeBackLines(manager: EntityManager, lines: readonly string[]): Promise<DeliveryLine[]> {
  return takeBack(manager, TAKE_BACK_LINES, [...lines]);
}

/** So that the legs of a platform can be parked. @returns lines to wake */
export function takeBackPlatform(manager: EntityManager, platformId: string): Promise<DeliveryLine[]> {
  return takeBack(manager, TAKE_BACK_PLATFORM, platformId);
}

async function takeBack(manager: EntityManager, text: string, value: unknown): Promise<DeliveryLine[]> {
  const [lines] = await manager.query<[DeliveryLine[], number]>(text, [value]);
  return lines;
}

/** Gives legs back as they are. */
export async function releaseLegs(dataSource: DataSource, legs: readonly LeasedLeg[]): Promise<undefined[]> {
  await dataSource.query(RELEASE, [legs.map(({ id }) => id), legs.map(({ leaseId }) => leaseId)]);
  return legs.map(() => undefined);
}

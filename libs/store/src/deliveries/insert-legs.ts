/** Accepting legs: what they replace, what they wait behind, and what goes in bundles. */
import {
  type DeliveryLine,
  deliveryLine,
  type DueLegs,
  type Leg,
  objectId,
  type OutgoingPush,
} from '@app/hub';
import { partyKey } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { insertBundles, type LegInLine, SMALLEST_BUNDLE, spreadObject } from './bundles';
import { FREE, NOW, PARKED, REPLACEABLE } from './conditions';

/** Which of these lines have something that waits, and whether the object has legs in bundles (a row without a line). */
const OLDER = `
  SELECT DISTINCT line FROM deliveries WHERE line = ANY($1::uuid[]) AND state = 'waiting'
  UNION ALL (SELECT NULL FROM delivery_bundles WHERE object_id = $2 LIMIT 1)`;

/** What goes in no bundle: it cannot be sent now, or there is no such platform any more. */
const UNREACHABLE = `
  SELECT given.id FROM unnest($1::uuid[]) AS given (id)
  LEFT JOIN platforms platform ON platform.id = given.id
  LEFT JOIN delivery_receivers receiver ON receiver.platform_id = given.id
  WHERE platform.id IS NULL OR ${PARKED}`;

/**
 * Older pushes of this path, or of a part of it, that nobody is sending now. What their receiver asked for
 * (a wait after a failure) holds for the newer one, too. What somebody has locked is left alone, and goes first: workers
 * lock many legs at a time, and who waited for them while they wait for him would be in a deadlock with them.
 */
const REPLACE = `
  WITH older AS (
    SELECT delivery.id FROM deliveries delivery JOIN pushes push ON push.id = delivery.push_id
    WHERE delivery.line = ANY($1::uuid[]) AND delivery.state = 'waiting' AND ${FREE} AND ${REPLACEABLE}
      AND (push.object_path = $2 OR starts_with(push.object_path, $2 || '/'))
    FOR UPDATE OF delivery SKIP LOCKED
  )
  UPDATE deliveries delivery SET state = 'replaced', finished_at = now(), lease_id = NULL, lease_until = NULL
  FROM older WHERE delivery.id = older.id
  RETURNING delivery.line, CASE WHEN delivery.parked THEN 0
    ELSE extract(epoch FROM delivery.next_attempt_at - now())::float8 * 1000 END AS wait_ms`;

/** A leg whose receiver cannot be reached now is parked from the start. Answers with the lines that are due. */
const INSERT = `
  WITH leg AS (
    INSERT INTO deliveries (id, push_id, platform_id, party, line, state, parked, attempts,
      created_at, next_attempt_at, expires_at)
    SELECT gen_random_uuid(), $1, given.platform_id, given.party, given.line, 'waiting', place.parked, 0, ${NOW},
      CASE WHEN place.parked THEN place.expires_at
        ELSE least(${NOW} + greatest(given.wait_ms, 0) * interval '1 ms', place.expires_at) END,
      place.expires_at
    FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::float8[]) AS given (platform_id, party, line, wait_ms)
    JOIN platforms platform ON platform.id = given.platform_id
    LEFT JOIN delivery_receivers receiver ON receiver.platform_id = given.platform_id
    CROSS JOIN LATERAL (SELECT ${PARKED} AS parked, now() + $6 * interval '1 second' AS expires_at) place
    RETURNING line, platform_id, NOT parked AND next_attempt_at <= now() AS due
  )
  SELECT line, platform_id AS "platformId" FROM leg WHERE due`;

interface OlderRow {
  /** Null: the object has bundles. */
  readonly line: string | null;
}

interface ReplacedRow {
  readonly line: string;
  readonly wait_ms: number;
}

/** Line → for how many ms its receiver still wants to be left alone. */
type Waits = ReadonlyMap<string, number>;

const NO_WAITS: Waits = new Map();
const NOTHING: ReadonlySet<LegInLine> = new Set();

/**
 * Inserts the legs of a push; a part of the transaction of `manager`, which has the lock on the object.
 *
 * @param inBundles see `AcceptOptions`
 */
export async function insertLegs(
  manager: EntityManager,
  push: OutgoingPush,
  given: readonly Leg[],
  inBundles: boolean,
): Promise<DueLegs> {
  const legs = given.map((leg) => ({ leg, line: deliveryLine(leg, push.object).line }));
  const lines = legs.map(({ line }) => line);
  const { older, back } = await lookForOlder(manager, lines, push);
  const isReplacing = older.size > 0 && push.method === 'PUT';
  const waits = isReplacing ? await replaceOlder(manager, lines, push.object.path) : NO_WAITS;
  const bundled = inBundles ? await bundledOf(manager, legs, older) : NOTHING;
  const bundles = await insertBundles(manager, push, [...bundled]);
  const rows = legs.filter((leg) => !bundled.has(leg));
  const due = rows.length > 0 ? await insertRows(manager, push, rows, waits) : [];
  return { bundles, lines: [...back, ...due] };
}

interface Older {
  /** Lines in which something waits. */
  readonly older: ReadonlySet<string>;
  /** Lines that have come out of bundles. */
  readonly back: readonly DeliveryLine[];
}

/** What waits in the lines already; bundles of the object are spread, so that they count, too. */
async function lookForOlder(
  manager: EntityManager,
  lines: readonly string[],
  { object }: OutgoingPush,
): Promise<Older> {
  const look = async (): Promise<Set<string | null>> => {
    const rows = await manager.query<OlderRow[]>(OLDER, [lines, objectId(object)]);
    return new Set(rows.map(({ line }) => line));
  };
  const found = await look();
  if (!found.has(null)) return { older: found as Set<string>, back: [] };
  const back = await spreadObject(manager, object);
  return { older: (await look()) as Set<string>, back };
}

/**
 * The legs that go in bundles: those that can be sent now and wait behind nothing, if they are many. A line with two of
 * them would have one overtake the other.
 */
async function bundledOf(
  manager: EntityManager,
  legs: readonly LegInLine[],
  older: ReadonlySet<string>,
): Promise<ReadonlySet<LegInLine>> {
  if (legs.length < SMALLEST_BUNDLE || new Set(legs.map(({ line }) => line)).size < legs.length)
    return NOTHING;
  const platforms = legs.map(({ leg }) => leg.platformId);
  const unreachable = await manager.query<{ id: string }[]>(UNREACHABLE, [platforms]);
  const apart = new Set(unreachable.map(({ id }) => id));
  const free = legs.filter(({ leg, line }) => !apart.has(leg.platformId) && !older.has(line));
  return free.length < SMALLEST_BUNDLE ? NOTHING : new Set(free);
}

function insertRows(
  manager: EntityManager,
  push: OutgoingPush,
  rows: readonly LegInLine[],
  waits: Waits,
): Promise<DeliveryLine[]> {
  return manager.query<DeliveryLine[]>(INSERT, [
    push.id,
    rows.map(({ leg }) => leg.platformId),
    rows.map(({ leg }) => leg.party && partyKey(leg.party)),
    rows.map(({ line }) => line),
    rows.map(({ line }) => waits.get(line) ?? 0),
    push.maxAgeSeconds,
  ]);
}

async function replaceOlder(manager: EntityManager, lines: readonly string[], path: string): Promise<Waits> {
  const [replaced] = await manager.query<[ReplacedRow[], number]>(REPLACE, [lines, path]);
  const waits = new Map<string, number>();
  for (const { line, wait_ms } of replaced) waits.set(line, Math.max(waits.get(line) ?? 0, wait_ms));
  return waits;
}

/** Accepting legs: what they replace, what they wait behind, and what goes in bundles. */
import { type DeliveryLine, deliveryLine, type DueLegs, type Leg, type OutgoingPush } from '@app/hub';
import { partyKey } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { BUNDLE_WAIT_MS, bundleUp, takeBackLines } from './bundles';
import { FREE, NOW, REPLACEABLE } from './conditions';

/** What waits in these lines already. */
const OLDER = `
  SELECT line, bool_or(lease_id IS NOT NULL) AS leased FROM deliveries
  WHERE line = ANY($1::uuid[]) AND state = 'waiting' GROUP BY line`;

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

/**
 * A leg whose receiver cannot be reached now is parked from the start, and in no bundle. Answers with what there is to
 * send now: bundles, and the lines of legs that are in none.
 */
const INSERT = `
  WITH leg AS (
    INSERT INTO deliveries (id, push_id, platform_id, party, line, state, parked, attempts,
      created_at, next_attempt_at, expires_at, lease_id, lease_until)
    SELECT gen_random_uuid(), $1, given.platform_id, given.party, given.line, 'waiting', place.parked, 0, ${NOW},
      CASE WHEN place.parked THEN place.expires_at
        ELSE least(${NOW} + greatest(given.wait_ms, 0) * interval '1 ms', place.expires_at) END,
      place.expires_at, place.bundle, CASE WHEN place.bundle IS NOT NULL THEN now() + $9 * interval '1 ms' END
    FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::float8[], $6::int[])
      AS given (platform_id, party, line, wait_ms, place)
    JOIN platforms platform ON platform.id = given.platform_id
    LEFT JOIN delivery_receivers receiver ON receiver.platform_id = given.platform_id
    CROSS JOIN LATERAL (
      SELECT platform.status <> 'CONNECTED' OR platform.suspended OR receiver.paused_at IS NOT NULL AS parked
    ) state
    CROSS JOIN LATERAL (
      SELECT state.parked, now() + $8 * interval '1 second' AS expires_at,
        CASE WHEN NOT state.parked THEN ($7::uuid[])[given.place] END AS bundle) place
    RETURNING line, platform_id, sequence, lease_id AS bundle, NOT parked AND next_attempt_at <= now() AS due
  ), bundle AS (
    INSERT INTO delivery_bundles (id, push_id, first_sequence, last_sequence, created_at)
    SELECT bundle, $1, min(sequence), max(sequence), ${NOW} FROM leg WHERE bundle IS NOT NULL GROUP BY bundle
    RETURNING id
  )
  SELECT id AS bundle, NULL AS line, NULL AS "platformId" FROM bundle
  UNION ALL SELECT NULL, line, platform_id FROM leg WHERE due AND bundle IS NULL`;

interface OlderRow {
  readonly line: string;
  readonly leased: boolean;
}

interface ReplacedRow {
  readonly line: string;
  readonly wait_ms: number;
}

/** Line → for how many ms its receiver still wants to be left alone. */
type Waits = ReadonlyMap<string, number>;

const NO_WAITS: Waits = new Map();

type DueRow = { readonly bundle: string } | ({ readonly bundle: null } & DeliveryLine);

/**
 * Inserts the legs of a push; a part of the transaction of `manager`.
 *
 * @param leaseMs see `AcceptOptions`
 */
export async function insertLegs(
  manager: EntityManager,
  push: OutgoingPush,
  legs: readonly Leg[],
  leaseMs: number | undefined,
): Promise<DueLegs> {
  const lines = legs.map((leg) => deliveryLine(leg, push.object).line);
  const older = await manager.query<OlderRow[]>(OLDER, [lines]);
  const back = older.some(({ leased }) => leased) ? await takeBackLines(manager, lines) : [];
  const isReplacing = older.length > 0 && push.method === 'PUT';
  const waits = isReplacing ? await replaceOlder(manager, lines, push.object.path) : NO_WAITS;
  const apart = leaseMs === undefined ? lines : older.map(({ line }) => line);
  const { ids, placeOfLeg } = bundleUp(lines, new Set(apart));
  const due = await manager.query<DueRow[]>(INSERT, [
    push.id,
    legs.map(({ platformId }) => platformId),
    legs.map(({ party }) => party && partyKey(party)),
    lines,
    lines.map((line) => waits.get(line) ?? 0),
    placeOfLeg,
    ids,
    push.maxAgeSeconds,
    BUNDLE_WAIT_MS + (leaseMs ?? 0),
  ]);
  return dueOf(due, back);
}

function dueOf(rows: readonly DueRow[], back: readonly DeliveryLine[]): DueLegs {
  const bundles: string[] = [];
  const lines = [...back];
  for (const row of rows) {
    if (row.bundle !== null) bundles.push(row.bundle);
    else lines.push({ line: row.line, platformId: row.platformId });
  }
  return { bundles, lines };
}

async function replaceOlder(manager: EntityManager, lines: readonly string[], path: string): Promise<Waits> {
  const [replaced] = await manager.query<[ReplacedRow[], number]>(REPLACE, [lines, path]);
  const waits = new Map<string, number>();
  for (const { line, wait_ms } of replaced) waits.set(line, Math.max(waits.get(line) ?? 0, wait_ms));
  return waits;
}

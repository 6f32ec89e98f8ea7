/** ADAPTER of the port `Outbox`: a push and its legs, in one transaction. */
import {
  type DeliveryLine,
  deliveryLine,
  type Leg,
  type ObjectChange,
  type Outbox,
  type OutgoingPush,
} from '@app/hub';
import { partyKey } from '@app/ocpi';
import { type DataSource, type EntityManager } from 'typeorm';
import { applyObjectChange } from '../objects';
import { inTransaction } from '../transaction';

/** First half of the advisory lock on an object; any number that no other user of such locks has. */
const OBJECT_LOCK = 7_240_101;

/** Methods that a newer PUT of the same path makes superfluous: state, not history. */
export const REPLACEABLE = `push.method IN ('PUT', 'PATCH')`;

/** To the ms, as the columns are: rounded up, a leg would be due a moment after its line was woken for it. */
export const NOW = `date_trunc('milliseconds', now())`;

/** Two workers never lease one leg, and what one holds is not touched by others. */
export const FREE = `(delivery.lease_until IS NULL OR delivery.lease_until < now())`;

const INSERT_PUSH = `
  INSERT INTO pushes (id, routing, module, method, rest, query, headers, body, object_path, version,
    request_id, correlation_id, from_platform_id, from_party, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now())`;

/**
 * Older pushes of this path, or of a part of it, that nobody is sending now. What their receiver asked for
 * (a wait after a failure) holds for the newer one, too.
 */
const REPLACE = `
  UPDATE deliveries delivery SET state = 'replaced', finished_at = now(), lease_id = NULL, lease_until = NULL
  FROM pushes push
  WHERE push.id = delivery.push_id AND delivery.line = ANY($1::uuid[]) AND delivery.state = 'waiting'
    AND ${FREE} AND ${REPLACEABLE}
    AND (push.object_path = $2 OR starts_with(push.object_path, $2 || '/'))
  RETURNING delivery.line, CASE WHEN delivery.parked THEN 0
    ELSE extract(epoch FROM delivery.next_attempt_at - now())::float8 * 1000 END AS wait_ms`;

/** A leg whose receiver cannot be reached now is parked from the start. */
const INSERT_LEGS = `
  INSERT INTO deliveries (id, push_id, platform_id, party, line, state, parked, attempts,
    created_at, next_attempt_at, expires_at)
  SELECT gen_random_uuid(), $1, leg.platform_id, leg.party, leg.line, 'waiting', place.parked, 0, ${NOW},
    CASE WHEN place.parked THEN place.expires_at
      ELSE least(${NOW} + greatest(leg.wait_ms, 0) * interval '1 ms', place.expires_at) END,
    place.expires_at
  FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::float8[]) AS leg (platform_id, party, line, wait_ms)
  JOIN platforms platform ON platform.id = leg.platform_id
  LEFT JOIN delivery_receivers receiver ON receiver.platform_id = leg.platform_id
  CROSS JOIN LATERAL (
    SELECT platform.status <> 'CONNECTED' OR platform.suspended OR receiver.paused_at IS NOT NULL AS parked,
      now() + $6 * interval '1 second' AS expires_at) place
  RETURNING line, platform_id AS "platformId", NOT parked AND next_attempt_at <= now() AS due`;

interface ReplacedRow {
  readonly line: string;
  readonly wait_ms: number;
}

/** Line → for how many ms its receiver still wants to be left alone. */
type Waits = ReadonlyMap<string, number>;

const NO_WAITS: Waits = new Map();

type InsertedRow = DeliveryLine & { readonly due: boolean };

export class PostgresOutbox implements Outbox {
  constructor(private readonly dataSource: DataSource) {}

  async accept(
    push: OutgoingPush,
    legs: readonly Leg[],
    change?: ObjectChange,
  ): Promise<readonly DeliveryLine[]> {
    if (legs.length === 0 && !change) return [];
    return inTransaction(this.dataSource, (manager) => acceptPush(manager, push, legs, change));
  }
}

/** See `Outbox.accept`; as a part of the transaction of `manager`. */
export async function acceptPush(
  manager: EntityManager,
  push: OutgoingPush,
  legs: readonly Leg[],
  change?: ObjectChange,
): Promise<readonly DeliveryLine[]> {
  // Pushes of one object are accepted one after the other, so that their order is that of their commits.
  await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [OBJECT_LOCK, push.object.key]);
  if (change) await applyObjectChange(manager, change);
  return legs.length === 0 ? [] : insert(manager, push, legs);
}

async function insert(
  manager: EntityManager,
  push: OutgoingPush,
  legs: readonly Leg[],
): Promise<readonly DeliveryLine[]> {
  await manager.query(INSERT_PUSH, valuesOf(push));
  const lines = legs.map((leg) => deliveryLine(leg, push.object).line);
  const waits = push.method === 'PUT' ? await replaceOlder(manager, lines, push.object.path) : NO_WAITS;
  const inserted = await manager.query<InsertedRow[]>(INSERT_LEGS, [
    push.id,
    legs.map(({ platformId }) => platformId),
    legs.map(({ party }) => party && partyKey(party)),
    lines,
    lines.map((line) => waits.get(line) ?? 0),
    push.maxAgeSeconds,
  ]);
  return inserted.filter(({ due }) => due).map(({ line, platformId }) => ({ line, platformId }));
}

async function replaceOlder(manager: EntityManager, lines: readonly string[], path: string): Promise<Waits> {
  const [replaced] = await manager.query<[ReplacedRow[], number]>(REPLACE, [lines, path]);
  const waits = new Map<string, number>();
  for (const { line, wait_ms } of replaced) waits.set(line, Math.max(waits.get(line) ?? 0, wait_ms));
  return waits;
}

function valuesOf(push: OutgoingPush): unknown[] {
  const { id, routing, module, method, rest, query, body, from } = push;
  return [
    ...[id, routing, module, method, rest, query, [...push.headers]],
    body && Buffer.from(body.buffer, body.byteOffset, body.length),
    ...[push.object.path, push.version, push.requestId, push.correlationId],
    ...[from?.platformId ?? null, from && partyKey(from.party)],
  ];
}

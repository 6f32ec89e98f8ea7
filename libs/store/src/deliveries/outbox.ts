/** ADAPTER of the port `Outbox`: a push and its legs, in one transaction. */
import {
  clipCorrelationId,
  type AcceptOptions,
  type DueLegs,
  type Leg,
  type Outbox,
  type OutgoingPush,
} from '@app/hub';
import { partyKey } from '@app/ocpi';
import { type DataSource, type EntityManager } from 'typeorm';
import { applyObjectChange } from '../objects';
import { inTransaction } from '../transaction';
import { insertLegs } from './insert-legs';
import { lockObject } from './object-lock';

const NOTHING_DUE: DueLegs = { lines: [], bundles: [] };

const INSERT_PUSH = `
  INSERT INTO pushes (id, routing, module, method, rest, query, headers, body, object_path, version,
    request_id, correlation_id, long_correlation_id, from_platform_id, from_party, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now())`;

export class PostgresOutbox implements Outbox {
  constructor(private readonly dataSource: DataSource) {}

  async accept(push: OutgoingPush, legs: readonly Leg[], options: AcceptOptions = {}): Promise<DueLegs> {
    if (legs.length === 0 && !options.change) return NOTHING_DUE;
    return inTransaction(this.dataSource, (manager) => acceptPush(manager, push, legs, options));
  }
}

/** See `Outbox.accept`; as a part of the transaction of `manager`. */
export async function acceptPush(
  manager: EntityManager,
  push: OutgoingPush,
  legs: readonly Leg[],
  { change, inBundles = false }: AcceptOptions = {},
): Promise<DueLegs> {
  await lockObject(manager, push.object);
  if (change) await applyObjectChange(manager, change);
  if (legs.length === 0) return NOTHING_DUE;
  await manager.query(INSERT_PUSH, valuesOf(push));
  return insertLegs(manager, push, legs, inBundles);
}

function valuesOf(push: OutgoingPush): unknown[] {
  const { id, routing, module, method, rest, query, body, from, correlationId } = push;
  const kept = clipCorrelationId(correlationId);
  return [
    ...[id, routing, module, method, rest, query, [...push.headers]],
    body && Buffer.from(body.buffer, body.byteOffset, body.length),
    ...[push.object.path, push.version, push.requestId, kept, kept === correlationId ? null : correlationId],
    ...[from?.platformId ?? null, from && partyKey(from.party)],
  ];
}

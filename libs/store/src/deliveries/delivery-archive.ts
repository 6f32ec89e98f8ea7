/** ADAPTER of the port `DeliveryArchive`: deliveries as the operator sees and changes them. */
import {
  clipCorrelationId,
  type DeliveryArchive,
  type DeliveryChange,
  type DeliveryFilter,
  type DeliveryLine,
  type DeliveryReceiver,
  type DeliveryState,
  type DeliveryView,
  type OutgoingPush,
  type Page,
  type PageRequest,
  UNOWED_REASONS,
} from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type DataSource, type EntityManager } from 'typeorm';
import { pageOf, readCursor, readTimeCursor, UUID, writeCursor } from '../cursor';
import { DeliveryReceiverEntity } from '../entities';
import { inTransaction } from '../transaction';
import { FREE, NOW } from './conditions';
import { spreadObject } from './bundles';
import { lockObject } from './object-lock';
import { parkLegs } from './upkeep';

const viewOf = (legs: string, pushId: string): string => `
  SELECT delivery.id, delivery.state, delivery.platform_id AS "platformId", delivery.party AS receiver,
    push.module, push.method, substr(push.object_path, length(push.module) + 2) AS object,
    push.correlation_id AS "correlationId", left(push.request_id, 255) AS "requestId", delivery.attempts,
    delivery.last_error AS "lastError", delivery.created_at AS "createdAt",
    CASE WHEN delivery.state = 'waiting' AND NOT delivery.parked THEN delivery.next_attempt_at END
      AS "nextAttemptAt"
  FROM ${legs} JOIN pushes push ON push.id = ${pushId}`;

/** Legs that are rows. */
const ROWS = viewOf('deliveries delivery', 'delivery.push_id');

/** Legs in bundles. */
const BUNDLED = viewOf(
  `delivery_bundles bundle CROSS JOIN LATERAL (
    SELECT leg.*, 'waiting' AS state, false AS parked, 0 AS attempts, NULL AS last_error, bundle.created_at,
      bundle.created_at AS next_attempt_at
    FROM json_to_recordset(bundle.legs) AS leg (id uuid, platform_id uuid, party text)) delivery`,
  'bundle.push_id',
);

/** Bundles are looked through for what is no row only. */
const FIND = `
  ${ROWS} WHERE delivery.id = $1
  UNION ALL ${BUNDLED} WHERE delivery.id = $1 AND strpos(bundle.legs::text, $1::uuid::text) > 0
    AND NOT EXISTS (SELECT FROM deliveries WHERE id = $1)`;

/** One condition for each property of the filter that is given; `?` stands for its value. */
const CONDITIONS: Readonly<Record<keyof DeliveryFilter, string>> = {
  state: 'delivery.state = ?',
  platformId: 'delivery.platform_id = ?',
  receiver: 'delivery.party = ?',
  module: 'push.module = ?',
  correlationId: 'push.correlation_id = ?',
};

/**
 * A newer PUT or DELETE that covers it, whatever became of that: see `DeliveryChange`. Its transaction may have begun
 * before the one of the older: they had to wait for each other.
 */
const SUPERSEDED = `
  SELECT EXISTS (
    SELECT FROM deliveries delivery JOIN pushes push ON push.id = delivery.push_id
    JOIN deliveries later ON later.platform_id = delivery.platform_id AND later.line = delivery.line
      AND later.sequence > delivery.sequence
      AND later.created_at >= delivery.created_at - interval '10 minutes'
    JOIN pushes other ON other.id = later.push_id
    WHERE delivery.id = $1 AND push.method IN ('PUT', 'PATCH') AND other.method IN ('PUT', 'DELETE')
      AND (other.object_path = push.object_path OR starts_with(push.object_path, other.object_path || '/'))
  ) AS superseded`;

/** Whether it was for a registration that is over, or discarded since it is owed no more. */
const UNOWED = `
  SELECT coalesce(delivery.state = 'discarded' AND delivery.last_error = ANY($2), false)
    OR coalesce(platform.registered_at > delivery.created_at, false) AS unowed
  FROM deliveries delivery LEFT JOIN platforms platform ON platform.id = delivery.platform_id WHERE delivery.id = $1`;

const OBJECT_OF = `
  SELECT module, rest, query FROM pushes WHERE id = coalesce(
    (SELECT push_id FROM deliveries WHERE id = $1),
    (SELECT push_id FROM delivery_bundles WHERE strpos(legs::text, $1::uuid::text) > 0 LIMIT 1))`;

const RETRY = `
  UPDATE deliveries SET state = 'waiting', parked = false, finished_at = NULL, next_attempt_at = ${NOW},
    expires_at = CASE WHEN state = 'waiting' THEN expires_at ELSE now() + $2 * interval '1 second' END
  WHERE id = $1 RETURNING line, platform_id AS "platformId"`;

const DISCARD = `
  UPDATE deliveries SET state = 'discarded', finished_at = now(), lease_id = NULL, lease_until = NULL
  WHERE id = $1 RETURNING line, platform_id AS "platformId"`;

const PAUSE = `
  INSERT INTO delivery_receivers (platform_id, paused_at) VALUES ($1, now())
  ON CONFLICT (platform_id) DO UPDATE SET paused_at = coalesce(delivery_receivers.paused_at, now())`;

/** Waits for nobody, since it would hold others up meanwhile: what it passes over is found by the sweep. */
const LET_GO = `
  UPDATE deliveries SET parked = false, next_attempt_at = ${NOW} WHERE id IN (
    SELECT delivery.id FROM deliveries delivery JOIN platforms platform ON platform.id = delivery.platform_id
    WHERE delivery.platform_id = $1 AND delivery.state = 'waiting' AND delivery.parked
      AND delivery.expires_at > now() AND platform.status = 'CONNECTED' AND NOT platform.suspended
    FOR UPDATE OF delivery SKIP LOCKED)
  RETURNING line, platform_id AS "platformId"`;

const RECEIVERS = `
  SELECT platform_id AS "platformId", paused_at AS "pausedAt", resync_since AS "resyncSince"
  FROM delivery_receivers
  WHERE (paused_at IS NOT NULL OR resync_since IS NOT NULL) AND ($1::uuid IS NULL OR platform_id > $1::uuid)
  ORDER BY platform_id LIMIT $2`;

const RETRIED: readonly DeliveryState[] = ['waiting', 'dead', 'expired', 'discarded'];
const DISCARDED: readonly DeliveryState[] = ['waiting', 'dead', 'expired'];

export class PostgresDeliveryArchive implements DeliveryArchive {
  constructor(private readonly dataSource: DataSource) {}

  async list(given: DeliveryFilter, { cursor, limit }: PageRequest): Promise<Page<DeliveryView>> {
    const filter = { ...given, correlationId: given.correlationId && clipCorrelationId(given.correlationId) };
    const values: unknown[] = [];
    const bind = (condition: string, ...bound: readonly unknown[]): string =>
      bound.reduce<string>((text, value) => text.replace('?', `$${values.push(value)}`), condition);
    const conditions = Object.entries(CONDITIONS)
      .filter(([name]) => filter[name as keyof DeliveryFilter] !== undefined)
      .map(([name, condition]) => bind(condition, filter[name as keyof DeliveryFilter]));
    if (cursor !== null) {
      const { at, id } = readTimeCursor(cursor);
      conditions.push(bind('(delivery.created_at, delivery.id) < (?, ?)', at, id));
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const most = bind('LIMIT ?', limit + 1);
    const newest = `${where} ORDER BY delivery.created_at DESC, delivery.id DESC ${most}`;
    const rows = await this.dataSource.query<DeliveryView[]>(
      `(${ROWS} ${newest}) UNION ALL (${BUNDLED} ${newest}) ORDER BY "createdAt" DESC, id DESC ${most}`,
      values,
    );
    return pageOf(rows, limit, (last) => writeCursor(last.createdAt.toISOString(), last.id));
  }

  async find(id: string): Promise<DeliveryView | undefined> {
    if (!UUID.test(id)) return undefined;
    const [row] = await this.dataSource.query<DeliveryView[]>(FIND, [id]);
    return row;
  }

  retry(id: string, maxAgeSeconds: number): Promise<DeliveryChange> {
    return this.change(id, RETRIED, async (manager) => {
      const [row] = await manager.query<{ superseded: boolean }[]>(SUPERSEDED, [id]);
      if (row?.superseded) return { outcome: 'superseded' };
      const [owed] = await manager.query<{ unowed: boolean }[]>(UNOWED, [id, [...UNOWED_REASONS]]);
      if (owed?.unowed) return { outcome: 'not_owed' };
      return { outcome: 'done', line: await changed(manager, RETRY, [id, maxAgeSeconds]) };
    });
  }

  discard(id: string): Promise<DeliveryChange> {
    return this.change(id, DISCARDED, async (manager) => ({
      outcome: 'done',
      line: await changed(manager, DISCARD, [id]),
    }));
  }

  async pause(platformId: string): Promise<void> {
    await this.dataSource.query(PAUSE, [platformId]);
    // What it has in bundles is kept back by the worker that takes them.
    await parkLegs(this.dataSource, platformId);
  }

  resume(platformId: string): Promise<readonly DeliveryLine[]> {
    return inTransaction(this.dataSource, async (manager) => {
      await manager.update(DeliveryReceiverEntity, { platformId }, { pausedAt: null });
      const [lines] = await manager.query<[DeliveryLine[], number]>(LET_GO, [platformId]);
      return lines;
    });
  }

  async receivers({ cursor, limit }: PageRequest): Promise<Page<DeliveryReceiver>> {
    const [after] = cursor === null ? [null] : readCursor(cursor, [UUID]);
    const rows = await this.dataSource.query<DeliveryReceiver[]>(RECEIVERS, [after, limit + 1]);
    return pageOf(rows, limit, ({ platformId }) => writeCursor(platformId));
  }

  async resynced(platformId: string): Promise<void> {
    await this.dataSource.manager.update(DeliveryReceiverEntity, { platformId }, { resyncSince: null });
  }

  /** Changes a leg that is in one of these states and that nobody is sending. */
  private async change(
    id: string,
    states: readonly DeliveryState[],
    work: (manager: EntityManager) => Promise<DeliveryChange>,
  ): Promise<DeliveryChange> {
    if (!UUID.test(id)) return { outcome: 'not_found' };
    return inTransaction(this.dataSource, async (manager): Promise<DeliveryChange> => {
      await holdObjectOf(manager, id);
      const [leg] = await manager.query<{ state: DeliveryState; free: boolean }[]>(
        `SELECT state, ${FREE} AS free FROM deliveries delivery WHERE id = $1 FOR UPDATE`,
        [id],
      );
      if (!leg) return { outcome: 'not_found' };
      const isFree = leg.free && states.includes(leg.state);
      return isFree ? work(manager) : { outcome: 'wrong_state', state: leg.state };
    });
  }
}

/**
 * Nothing newer is accepted for the object of a leg while the operator changes the leg, and all legs of the object are
 * rows. What comes out of bundles by that is found by the sweep.
 */
async function holdObjectOf(manager: EntityManager, id: string): Promise<void> {
  const [push] = await manager.query<Pick<OutgoingPush, 'module' | 'rest' | 'query'>[]>(OBJECT_OF, [id]);
  if (!push) return;
  const object = pushedObject(push.module, push.rest, push.query);
  await lockObject(manager, object);
  await spreadObject(manager, object);
}

async function changed(manager: EntityManager, text: string, values: unknown[]): Promise<DeliveryLine> {
  const [lines] = await manager.query<[DeliveryLine[], number]>(text, values);
  return lines[0]!;
}

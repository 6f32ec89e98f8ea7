/** ADAPTER of the port `CaptureStore`. */
import { randomUUID } from 'node:crypto';
import {
  type Capture,
  type CaptureOrder,
  type CaptureStart,
  type CaptureStore,
  type KeptMessage,
  type Page,
  type PageRequest,
} from '@app/hub';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { CapturedMessageEntity, CaptureEntity } from '../entities';
import { lockPlatform } from '../register';
import { type Seal } from '../seal';
import { announce, inTransaction } from '../transaction';
import { placesOf } from './captured-page';
import { openMessage } from './sealed-message';
import { IS_WRITABLE } from './write-captured';

/** Any number that no other user of advisory locks in this database has. */
const START_LOCK = 7_240_301;

/** A capture to which may be written may yet take all that it was promised. */
const PROMISED = `
  SELECT coalesce(sum(CASE WHEN ${IS_WRITABLE} THEN max_bytes ELSE bytes END), 0)::float8 AS bytes
  FROM captures WHERE platform_id <> $1`;

/** Before its messages are deleted: whoever writes some waits for this row, and counts them anew. */
const EMPTY = 'UPDATE captures SET bytes = 0, messages = 0 WHERE platform_id = $1 RETURNING id';

export class PostgresCaptureStore implements CaptureStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: Seal,
  ) {}

  start(order: CaptureOrder, now: Date): Promise<CaptureStart> {
    return inTransaction(this.dataSource, async (manager): Promise<CaptureStart> => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK]);
      const { platformId, maxBytes, maxBytesTotal } = order;
      if ((await lockPlatform(manager, platformId)) === null) return { outcome: 'not_found' };
      if (isRunning(await manager.findOneBy(CaptureEntity, { platformId }), now))
        return { outcome: 'running' };
      const [promised] = await manager.query<{ bytes: number }[]>(PROMISED, [platformId]);
      if (promised!.bytes + maxBytes > maxBytesTotal) return { outcome: 'no_room' };
      return { outcome: 'done', capture: await this.begin(manager, order, now) };
    });
  }

  async find(platformId: string): Promise<Capture | undefined> {
    const row = await this.dataSource.manager.findOneBy(CaptureEntity, { platformId });
    return row === null || row.deletedAt <= new Date() ? undefined : captureOf(row);
  }

  stop(platformId: string, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      await lockPlatform(manager, platformId);
      const row = await manager.findOneBy(CaptureEntity, { platformId });
      if (row === null || !isRunning(row, now)) return false;
      const keptMs = row.deletedAt.getTime() - row.endsAt.getTime();
      const deletedAt = new Date(now.getTime() + keptMs);
      await manager.update(CaptureEntity, { id: row.id }, { endedAt: now, deletedAt });
      await announce(manager, platformId);
      return true;
    });
  }

  async list(captureId: string, request: PageRequest): Promise<Page<KeptMessage>> {
    const page = await placesOf(this.dataSource, captureId, request);
    const query = this.dataSource
      .createQueryBuilder(CapturedMessageEntity, 'message')
      .innerJoinAndSelect('message.capture', 'capture')
      .where({ id: In(page.data.map(({ id }) => id)) })
      .orderBy({ 'message.at': 'ASC', 'message.id': 'ASC' });
    return { ...page, data: (await query.getMany()).map((row) => this.opened(row)) };
  }

  erase(platformId: string): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const [rows] = await manager.query<[{ id: string }[], number]>(EMPTY, [platformId]);
      for (const { id } of rows) await manager.delete(CapturedMessageEntity, { captureId: id });
      return rows.length > 0;
    });
  }

  private async begin(manager: EntityManager, order: CaptureOrder, now: Date): Promise<Capture> {
    const { platformId, durationSeconds, maxBytes, maxPayloadBytes, keepSeconds } = order;
    await manager.delete(CaptureEntity, { platformId });
    const endsAt = new Date(now.getTime() + durationSeconds * 1_000);
    const deletedAt = new Date(endsAt.getTime() + keepSeconds * 1_000);
    const limits = { maxBytes, maxPayloadBytes, bytes: 0, messages: 0, dropped: 0 };
    const row = { id: randomUUID(), platformId, startedAt: now, endsAt, endedAt: null, deletedAt, ...limits };
    await manager.insert(CaptureEntity, row);
    await announce(manager, platformId);
    return captureOf(row);
  }

  private opened({ id, at, sealed, capture }: CapturedMessageEntity): KeptMessage {
    return { id, at, message: openMessage(this.seal, capture!.platformId, sealed) };
  }
}

function isRunning(row: CaptureEntity | null, now: Date): boolean {
  return row !== null && row.endedAt === null && row.endsAt > now;
}

function captureOf(row: CaptureEntity): Capture {
  const { id, startedAt, endsAt, endedAt, deletedAt } = row;
  const { maxBytes, maxPayloadBytes, bytes, messages, dropped } = row;
  return { id, startedAt, endsAt, endedAt, deletedAt, maxBytes, maxPayloadBytes, bytes, messages, dropped };
}

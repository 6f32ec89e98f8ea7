/** ADAPTER of the port `HandshakeStore`: a table that holds the newest handshakes of each platform. */
import {
  type HandshakeRecord,
  type HandshakeStore,
  MAX_HANDSHAKES_PER_PLATFORM,
  type Page,
  type PageRequest,
} from '@app/hub';
import { type DataSource, type EntityManager } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from './cursor';
import { HandshakeEntity } from './entities';
import { inTransaction } from './transaction';

export class PostgresHandshakeStore implements HandshakeStore {
  constructor(private readonly dataSource: DataSource) {}

  record(handshake: HandshakeRecord): Promise<void> {
    return inTransaction(this.dataSource, async (manager) => {
      await manager.insert(HandshakeEntity, { ...handshake });
      await manager.query(REMOVE_OLD, [handshake.platformId, MAX_HANDSHAKES_PER_PLATFORM]);
      if (wasHeard(handshake)) await noteSeen(manager, handshake);
    });
  }

  async list(platformId: string, { cursor, limit }: PageRequest): Promise<Page<HandshakeRecord>> {
    const query = this.dataSource
      .createQueryBuilder(HandshakeEntity, 'handshake')
      .where({ platformId })
      .orderBy({ 'handshake.at': 'DESC', 'handshake.id': 'DESC' })
      .limit(limit + 1);
    if (cursor !== null) query.andWhere('(at, id) < (:at, :id)', readTimeCursor(cursor));
    return pageOf(await query.getMany(), limit, (last) => writeCursor(last.at.toISOString(), last.id));
  }
}

/** It sent the first request, or answered one. */
function wasHeard({ beganBy, httpStatus }: HandshakeRecord): boolean {
  return beganBy === 'platform' || httpStatus !== null;
}

async function noteSeen(manager: EntityManager, { platformId, at }: HandshakeRecord): Promise<void> {
  await manager.query('UPDATE platforms SET last_seen_at = greatest(last_seen_at, $2) WHERE id = $1', [
    platformId,
    at,
  ]);
}

const REMOVE_OLD = `
  DELETE FROM handshakes WHERE platform_id = $1 AND (at, id) < (
    SELECT at, id FROM handshakes WHERE platform_id = $1 ORDER BY at DESC, id DESC OFFSET $2 - 1 LIMIT 1)`;

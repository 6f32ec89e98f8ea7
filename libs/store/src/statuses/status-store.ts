/** ADAPTER of the ports `SignBoard`, `StatusKeeping` and `StatusControl`. */
import {
  type HistoryFilter,
  type Page,
  type PageRequest,
  type SignBoard,
  type SignOfLife,
  type StatusChange,
  type StatusControl,
  type StatusKeeping,
  type StatusReason,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { announce, inTransaction } from '../transaction';
import { listHistory, noteStatuses, purgeHistory } from './history';
import { resume, suspend } from './suspension';
import { TOLD_CHANNEL } from './told';
import { forgetUnused, markExchanged } from './unused-parties';

/** Rows that another process is writing at this moment are left to it. */
const KEEP_SIGNS = `
  WITH sign AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS sign (id, at)),
  late AS (
    SELECT platform.id, sign.at FROM platforms platform JOIN sign ON sign.id = platform.id
    WHERE platform.last_seen_at IS NULL OR platform.last_seen_at < sign.at - $3 * interval '1 ms'
    FOR UPDATE OF platform SKIP LOCKED)
  UPDATE platforms platform SET last_seen_at = late.at FROM late WHERE platform.id = late.id`;

const TELL = 'SELECT pg_notify($1, $2 || id) FROM unnest($3::text[]) AS id';

const OFFLINE = `
  UPDATE platforms SET status = 'OFFLINE'
  WHERE id = $1 AND status = 'CONNECTED' AND NOT suspended AND registered_at IS NOT NULL
    AND (last_seen_at IS NULL OR last_seen_at < $2)
  RETURNING id`;

const CONNECTED = `
  UPDATE platforms SET status = 'CONNECTED'
  WHERE id = $1 AND status = 'OFFLINE' AND NOT suspended AND registered_at IS NOT NULL
  RETURNING id`;

const PARTIES = `
  UPDATE parties SET status = $2, status_since = $4 WHERE platform_id = $1 AND held AND status = $3`;

type Reachability = 'CONNECTED' | 'OFFLINE';

/** A status that the keeper writes. */
interface Turn {
  readonly platformId: string;
  readonly from: Reachability;
  readonly to: Reachability;
  readonly reason: StatusReason;
  readonly now: Date;
}

export class PostgresStatusStore implements SignBoard, StatusKeeping, StatusControl {
  constructor(private readonly dataSource: DataSource) {}

  async keepSigns(signs: readonly SignOfLife[], minGapMs: number): Promise<void> {
    const ids = signs.map(({ platformId }) => platformId);
    await this.dataSource.query(KEEP_SIGNS, [ids, signs.map(({ at }) => at), minGapMs]);
  }

  async tellAlive(platformIds: readonly string[]): Promise<void> {
    await this.dataSource.query(TELL, [TOLD_CHANNEL, 'alive ', platformIds]);
  }

  async tellSuspect(platformIds: readonly string[]): Promise<void> {
    await this.dataSource.query(TELL, [TOLD_CHANNEL, 'suspect ', platformIds]);
  }

  async lastSeen(platformIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const rows = await this.dataSource.query<{ id: string; last_seen_at: Date }[]>(
      'SELECT id, last_seen_at FROM platforms WHERE id = ANY($1::uuid[]) AND last_seen_at IS NOT NULL',
      [platformIds],
    );
    return new Map(rows.map((row) => [row.id, row.last_seen_at]));
  }

  setOffline(platformId: string, reason: StatusReason, failedAt: Date, now: Date): Promise<boolean> {
    return this.turn({ platformId, from: 'CONNECTED', to: 'OFFLINE', reason, now }, OFFLINE, [failedAt]);
  }

  setConnected(platformId: string, now: Date): Promise<boolean> {
    const turn = { platformId, from: 'OFFLINE', to: 'CONNECTED', reason: 'sign_of_life', now } as const;
    return this.turn(turn, CONNECTED, []);
  }

  purgeHistory(before: Date, limit: number): Promise<number> {
    return purgeHistory(this.dataSource, before, limit);
  }

  markExchanged(since: Date): Promise<void> {
    return markExchanged(this.dataSource, since);
  }

  forgetUnused(before: Date, limit: number): Promise<number> {
    return forgetUnused(this.dataSource, before, limit);
  }

  suspend(platformId: string, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, (manager) => suspend(manager, platformId, now));
  }

  resume(platformId: string, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, (manager) => resume(manager, platformId, now));
  }

  history(filter: HistoryFilter, page: PageRequest): Promise<Page<StatusChange>> {
    return listHistory(this.dataSource, filter, page);
  }

  private turn(turn: Turn, statement: string, conditions: readonly unknown[]): Promise<boolean> {
    const { platformId, from, to, reason, now } = turn;
    return inTransaction(this.dataSource, async (manager) => {
      const [rows] = await manager.query<[unknown[], number]>(statement, [platformId, ...conditions]);
      if (rows.length === 0) return false;
      await manager.query(PARTIES, [platformId, to, from, now]);
      await noteStatuses(manager, platformId, reason);
      await announce(manager, platformId);
      return true;
    });
  }
}

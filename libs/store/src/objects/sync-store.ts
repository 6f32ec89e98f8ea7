/** ADAPTER of the port `SyncStore`: one row for each party and module of a platform, leased to one worker. */
import { randomUUID } from 'node:crypto';
import {
  type FailingList,
  type SyncError,
  type SyncJob,
  type SyncProgress,
  type SyncResult,
  type SyncState,
  type SyncStore,
  type SyncWish,
} from '@app/hub';
import { type DataSource, type EntityManager } from 'typeorm';
import { SyncStateEntity } from '../entities';
import { inTransaction } from '../transaction';

/** Any number: workers take their subjects one worker after the other, so that two never take one platform. */
const CLAIM_LOCK = 471_201;
/** Longest error that is kept, in characters. */
const MAX_ERROR = 500;

/** The claim of a job, in the order of `claimOf`. */
const CLAIM = '(platform_id, module, owner, lease) = ($1, $2, $3, $4)';

export class PostgresSyncStore implements SyncStore {
  constructor(private readonly dataSource: DataSource) {}

  async expect(wishes: readonly SyncWish[], now: Date): Promise<void> {
    await this.dataSource.query(EXPECT, [
      wishes.map(({ platformId }) => platformId),
      wishes.map(({ module }) => module),
      wishes.map(({ owner }) => owner),
      wishes.map(({ registeredAt }) => registeredAt),
      wishes.map(({ connectedSince }) => connectedSince),
      now,
    ]);
  }

  claim(most: number, now: Date, leaseUntil: Date): Promise<readonly SyncJob[]> {
    return inTransaction(this.dataSource, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      return claimRows(manager, [now, most, randomUUID(), leaseUntil]);
    });
  }

  async renew(job: SyncJob, { objects, ignored }: SyncProgress, leaseUntil: Date): Promise<boolean> {
    const due = `due_at = ${unlessAsked('due_at', '$7')}, lease_until = $7`;
    const number = ignored.reduce((sum, { count }) => sum + count, 0);
    const assignments = `objects = $5, ignored = $6, ignored_by = $8, ${due}`;
    return this.change(job, assignments, [objects, number, leaseUntil, JSON.stringify(ignored)]);
  }

  /** After an incomplete pull everything is asked for again. */
  async finish(job: SyncJob, { startedAt, endedAt, shortage }: SyncResult, dueAt: Date): Promise<void> {
    const ended =
      'failures = 0, last_error = NULL, error_code = NULL, peer_said = NULL, last_attempt_at = $8';
    const success = 'last_success_at = $8, lease = NULL, lease_until = NULL';
    const synced = `synced_at = ${unlessAsked('synced_at', '$5')}, due_at = ${unlessAsked('due_at', '$6')}`;
    const values = [shortage === null ? startedAt : job.syncedAt, dueAt, clipped(shortage), endedAt];
    await this.change(job, `${synced}, shortage = $7, ${ended}, ${success}`, values);
  }

  async fail(job: SyncJob, { code, reason, peerSaid, at }: SyncError, dueAt: Date): Promise<void> {
    const ended = 'failures = failures + 1, last_attempt_at = $9, lease = NULL, lease_until = NULL';
    const due = `due_at = ${unlessAsked('due_at', '$6')}`;
    const values = [clipped(reason), dueAt, code, clipped(peerSaid), at];
    await this.change(job, `last_error = $5, error_code = $7, peer_said = $8, ${due}, ${ended}`, values);
  }

  async drop(job: SyncJob): Promise<void> {
    await this.dataSource.query(`DELETE FROM sync_state WHERE ${CLAIM}`, claimOf(job));
  }

  async forget(platformIds: readonly string[]): Promise<void> {
    for (const table of ['sync_state', 'objects']) {
      await this.dataSource.query(`DELETE FROM ${table} WHERE platform_id = ANY ($1)`, [platformIds]);
    }
  }

  failing(module: string): Promise<readonly FailingList[]> {
    const text = `SELECT platform_id AS "platformId", module, owner,
        CASE WHEN failures > 0 THEN NULL ELSE shortage END AS shortage FROM sync_state
      WHERE module = $1 AND (failures > 0 OR shortage IS NOT NULL)`;
    return this.dataSource.query<FailingList[]>(text, [module]);
  }

  async statesOf(platformId: string): Promise<readonly SyncState[]> {
    const rows = await this.dataSource.manager.findBy(SyncStateEntity, { platformId });
    return rows.map(stateOf).sort((one, other) => (one.owner < other.owner ? -1 : 1));
  }

  /** @returns whether the claim still held */
  private async change(job: SyncJob, assignments: string, values: readonly unknown[]): Promise<boolean> {
    const text = `UPDATE sync_state SET ${assignments} WHERE ${CLAIM}`;
    const [, changed] = await this.dataSource.query<[unknown[], number]>(text, [...claimOf(job), ...values]);
    return changed > 0;
  }
}

/**
 * The new value of a column, unless the subject was asked for again during the claim: then it is due before the
 * claim's end, and goes again with what that asked for.
 */
function unlessAsked(column: string, value: string): string {
  return `CASE WHEN due_at < lease_until THEN ${column} ELSE ${value}::timestamptz END`;
}

function stateOf(row: SyncStateEntity): SyncState {
  const { platformId, module, owner, failures, objects, shortage, errorCode: code, peerSaid } = row;
  const { lastAttemptAt, lastSuccessAt, leaseUntil, ignoredBy: ignored } = row;
  const error = failures > 0 && code !== null ? { code, reason: row.lastError ?? '', peerSaid } : null;
  const known = { platformId, module, owner, failures, objects, ignored, shortage, error };
  return { ...known, lastAttemptAt, lastSuccessAt, leaseUntil };
}

/** A text as it is kept. */
function clipped(text: string | null): string | null {
  return text === null ? null : text.slice(0, MAX_ERROR);
}

function claimOf({ platformId, module, owner, lease }: SyncJob): string[] {
  return [platformId, module, owner, lease];
}

async function claimRows(manager: EntityManager, values: readonly unknown[]): Promise<SyncJob[]> {
  const [rows] = await manager.query<[SyncJob[], number]>(CLAIM_DUE, [...values]);
  return rows;
}

/** A new registration pulls everything, a reconnection what changed; neither waits for a retry that is due later. */
const EXPECT = `
  INSERT INTO sync_state AS known
    (platform_id, module, owner, registered_at, connected_since, due_at, failures, objects, ignored)
  SELECT platform_id, module, owner, registered_at, connected_since, $6, 0, 0, 0
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS wish (platform_id, module, owner, registered_at, connected_since)
  WHERE EXISTS (SELECT 1 FROM platforms WHERE id = platform_id)
  ON CONFLICT (platform_id, module, owner) DO UPDATE SET
    synced_at = CASE WHEN known.registered_at < excluded.registered_at THEN NULL ELSE known.synced_at END,
    registered_at = excluded.registered_at,
    connected_since = excluded.connected_since,
    due_at = excluded.due_at
  WHERE known.registered_at < excluded.registered_at OR known.connected_since < excluded.connected_since`;

const CLAIM_DUE = `
  UPDATE sync_state AS claimed SET lease = $3, lease_until = $4, due_at = $4, objects = 0, ignored = 0, ignored_by = '[]'
  FROM (
    SELECT platform_id, module, owner FROM (
      SELECT DISTINCT ON (platform_id) platform_id, module, owner, due_at
      FROM sync_state AS due
      JOIN platforms ON platforms.id = platform_id
        AND platforms.status = 'CONNECTED' AND NOT platforms.suspended AND platforms.registered_at IS NOT NULL
      WHERE due_at <= $1 AND NOT EXISTS (
        SELECT 1 FROM sync_state AS busy WHERE busy.platform_id = due.platform_id AND busy.lease_until > $1)
      ORDER BY platform_id, due_at
    ) AS first_of_each ORDER BY due_at LIMIT $2
  ) AS job
  WHERE (claimed.platform_id, claimed.module, claimed.owner) = (job.platform_id, job.module, job.owner)
  RETURNING claimed.platform_id AS "platformId", claimed.module, claimed.owner, claimed.lease,
    claimed.synced_at AS "syncedAt", claimed.registered_at AS "registeredAt", claimed.failures`;

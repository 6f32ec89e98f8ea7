/**
 * ADAPTER of the port `OwnerIndex`: a bounded cache in this process before a bounded table that all routers share.
 *
 * Direct traffic pays a look into the cache: what was written lately is not written again.
 */
import { type Log, type OwnedId, type OwnerFact, type OwnerIndex, StoreUnavailable } from '@app/hub';
import { type PartyId } from '@app/ocpi';
import { type DataSource } from 'typeorm';
import { type CachedOwners, OwnerCache } from './owner-cache';
import { OWNER_LIMITS, type OwnerLimits } from './owner-limits';
import { type OwnedRow, partyOf, readOwners, type RowKey, rowOf } from './owner-rows';
import { OwnerWriter } from './owner-writer';

/** `last_seen` is written again after this time, in ms: a session pushed each minute is not a write each minute. */
const REFRESH_MS = 3_600_000;
/** An id with more owners than this is ambiguous whoever asks. */
const MAX_OWNERS = 200;
/** A look-up is not waited for longer, in ms: a real-time request is waiting for it. */
const READ_MS = 500;
/** Look-ups under way at once; more are refused, so that a database that hangs gathers no more of them. */
const MAX_READS = 50;

export class PostgresOwnerIndex implements OwnerIndex {
  private readonly cache: OwnerCache;
  private readonly writer: OwnerWriter;
  private reads = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly key: RowKey,
    log: Log,
    private readonly limits: OwnerLimits = OWNER_LIMITS,
  ) {
    this.cache = new OwnerCache(limits.maxCachedIds);
    this.writer = new OwnerWriter(dataSource, log, limits);
  }

  get dropped(): number {
    return this.writer.dropped;
  }

  learn(facts: readonly OwnerFact[]): void {
    const now = Date.now();
    for (const fact of facts) {
      const row = rowOf(fact, this.key);
      const entry = this.cache.entry(row);
      const { writtenAt } = entry;
      if (now - (writtenAt.get(row.owner) ?? 0) < REFRESH_MS) continue;
      if (writtenAt.size >= MAX_OWNERS && !writtenAt.has(row.owner)) continue;
      this.cache.note(entry, row.owner, this.writer.add(row) ? now : 0);
    }
  }

  forget(facts: readonly OwnerFact[]): void {
    for (const fact of facts) {
      const row = rowOf(fact, this.key);
      this.cache.entry(row).writtenAt.delete(row.owner);
      this.writer.remove(row);
    }
  }

  async ownersOf(id: OwnedId): Promise<readonly PartyId[]> {
    const row = this.key(id);
    const entry = this.cache.entry(row);
    const isFresh = Date.now() - entry.readAt < this.limits.freshMs;
    if (!isFresh || entry.writtenAt.size === 0) await this.refresh(entry, row);
    return [...entry.writtenAt.keys()].map(partyOf);
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  /** Adds what the table knows. What this process knows already is an answer, also when the table gives none. */
  private async refresh(entry: CachedOwners, row: OwnedRow): Promise<void> {
    try {
      for (const { owner, lastSeen } of await this.read(row)) {
        this.cache.note(entry, owner, Math.max(lastSeen.getTime(), entry.writtenAt.get(owner) ?? 0));
      }
      entry.readAt = Date.now();
    } catch (error) {
      if (entry.writtenAt.size === 0) throw error;
    }
  }

  private async read(row: OwnedRow): ReturnType<typeof readOwners> {
    if (this.reads >= MAX_READS) throw new StoreUnavailable('too_slow');
    this.reads++;
    const rows = readOwners(this.dataSource, row, MAX_OWNERS).finally(() => this.reads--);
    return within(READ_MS, rows);
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable('too_slow')), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

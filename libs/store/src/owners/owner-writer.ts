/** Facts gather in a bounded buffer and are written in batches; the table is kept within its bound. */
import { type Log } from '@app/hub';
import { type DataSource } from 'typeorm';
import { atMost } from '../connection';
import { type OwnerLimits } from './owner-limits';
import { deleteOwner, type OwnerRow, purgeOwners, writeOwners } from './owner-rows';

/** Rows of one statement: at 150 bytes of JSON each, 150 kB. */
const BATCH_ROWS = 1_000;
/** The next try after a write that failed, in ms. */
const RETRY_MS = 1_000;
/** For how long a stop waits for the last facts, in ms. */
const CLOSE_MS = 3_000;
/** The table is purged each time this share of its bound was written by one process: it outgrows it by no more. */
const PURGE_SHARE = 0.01;

/** Rows that are removed at the same time. */
const MAX_REMOVING = 5;

export class OwnerWriter {
  private readonly waiting = new Map<string, OwnerRow>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  /** Since the last purge; the first write of a process purges, so that restarts cannot put it off for ever. */
  private written = Infinity;
  private failing = false;
  private closed = false;
  private lost = 0;
  private removing = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
    private readonly limits: OwnerLimits,
  ) {}

  get dropped(): number {
    return this.lost;
  }

  /** Removes a row. What fails is left: it is a hint, which the next message drops again. */
  remove(row: OwnerRow): void {
    this.waiting.delete(keyOf(row));
    if (this.closed || this.removing >= MAX_REMOVING) return;
    this.removing++;
    void deleteOwner(this.dataSource, row)
      .catch(() => undefined)
      .finally(() => this.removing--);
  }

  /** False when there is no room for it. */
  add(row: OwnerRow): boolean {
    const key = keyOf(row);
    if (this.closed || (this.waiting.size >= this.limits.maxWaiting && !this.waiting.has(key))) {
      this.lost++;
      return false;
    }
    this.waiting.set(key, row);
    this.writeAfter(this.limits.gatherMs);
    return true;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await atMost(CLOSE_MS, this.writeRest());
    this.lost += this.waiting.size;
    if (this.waiting.size > 0)
      this.log.warn({ facts: this.waiting.size }, 'owners not written before the stop');
  }

  private writeAfter(ms: number): void {
    if (this.closed || this.writing) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.writing = this.writeAll().finally(() => {
        this.writing = undefined;
        if (this.waiting.size > 0) this.writeAfter(this.failing ? RETRY_MS : this.limits.gatherMs);
      });
    }, ms);
  }

  private async writeRest(): Promise<void> {
    await this.writing;
    await this.writeAll();
  }

  /** Everything that waits; what fails waits on, and is tried again later. */
  private async writeAll(): Promise<void> {
    try {
      while (this.waiting.size > 0) await this.writeBatch();
      if (this.failing) this.log.info({ dropped: this.lost }, 'owners are written again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ error: String(error) }, 'owners cannot be written; trying again');
      this.failing = true;
    }
  }

  private async writeBatch(): Promise<void> {
    const batch = [...this.waiting.entries()].slice(0, BATCH_ROWS);
    const rows = batch.map(([, row]) => row);
    await writeOwners(this.dataSource, rows, new Date());
    for (const [key, row] of batch) if (this.waiting.get(key) === row) this.waiting.delete(key);
    this.written += rows.length;
    if (this.written < this.limits.maxRows * PURGE_SHARE) return;
    await purgeOwners(this.dataSource, this.limits.maxRows);
    this.written = 0;
  }
}

function keyOf(row: OwnerRow): string {
  return `${row.kind} ${row.scope} ${row.object_id} ${row.owner}`;
}

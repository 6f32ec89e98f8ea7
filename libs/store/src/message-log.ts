/**
 * ADAPTER of the port `MessageLog`: rows gather in memory and are written in batches, beside the path of the
 * messages. Nothing here is ever waited for by a message.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, type MessageLog, type MessageRow } from '@app/hub';
import { CopyBytes } from './copy-bytes';
import { writeRow } from './message-rows';

/** Rows wait at most this long for others to be written with, in ms. */
const GATHER_MS = 100;
/** Rows of one statement and a few more, as they are encoded: at 370 bytes each, 370 kB. */
const BATCH_ROWS = 1_000;
/**
 * Rows are encoded so many at a time. One at a time, each between two messages, takes several times as long: the code
 * for it is out of the processor's cache by then. And rows that stay objects for longer outlive the garbage collector's
 * young generation, which costs more than all the rest of them.
 */
const ENCODED_AT_ONCE = 32;
/**
 * Rows that wait, all told: at 1,000 messages a second, 50 s without a database, in about 25 MB. When it is
 * full the newest are dropped: that costs nothing, and keeps how the trouble began.
 */
const BUFFER_ROWS = 50_000;
/** The same in bytes, since rows with long ids and reasons take several times as much. */
const BUFFER_BYTES = 32 * 1024 * 1024;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** For how long a stop waits for the last rows, in ms. */
const CLOSE_MS = 3_000;

/** Writes a batch; answers how many of its rows were refused. */
export type WriteBatch = (batch: CopyBytes) => Promise<number>;

export class BatchedMessageLog implements MessageLog {
  /** Not encoded yet. */
  private fresh: MessageRow[] = [];
  /** Batches in the order of their rows: the last one is being filled. */
  private readonly batches = [new CopyBytes()];
  /** One that is empty, whose memory the next one has. */
  private spare: CopyBytes | undefined;
  /** Rows of all these, and of the batch that is being written. */
  private waiting = 0;
  /** Memory of the batches that wait. */
  private heldBytes = 0;
  private writing: Promise<void> | undefined;
  private gathering: NodeJS.Timeout | undefined;
  private closeBy = Infinity;
  private readonly closing = new AbortController();
  private lost = 0;

  constructor(
    private readonly write: WriteBatch,
    private readonly log: Log,
    private readonly bufferRows = BUFFER_ROWS,
  ) {}

  get dropped(): number {
    return this.lost;
  }

  record(row: MessageRow): void {
    if (this.waiting >= this.bufferRows || this.heldBytes >= BUFFER_BYTES || this.closing.signal.aborted) {
      this.lost++;
      return;
    }
    this.waiting++;
    if (this.fresh.push(row) >= ENCODED_AT_ONCE) this.encodeFresh();
    if (this.writing !== undefined) return;
    if (this.waiting >= BATCH_ROWS) this.start();
    else this.gathering ??= setTimeout(() => this.start(), GATHER_MS);
  }

  async close(): Promise<void> {
    this.closeBy = Date.now() + CLOSE_MS;
    this.closing.abort();
    if (this.waiting > 0 && this.writing === undefined) this.start();
    const limit = delay(CLOSE_MS, undefined, { ref: false });
    await Promise.race([this.writing, limit]);
    this.drop(this.waiting, 'messages not logged: the database took none before the stop');
    this.waiting = 0;
  }

  private encodeFresh(): void {
    const filling = this.batches.at(-1)!;
    for (const row of this.fresh) writeRow(filling, row);
    this.fresh = [];
    if (filling.rows >= BATCH_ROWS) this.batches.push(this.emptyBatch());
    this.countBytes();
  }

  private emptyBatch(): CopyBytes {
    const { spare } = this;
    this.spare = undefined;
    return spare ?? new CopyBytes();
  }

  private start(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.writing = this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.waiting > 0) this.gathering = setTimeout(() => this.start(), GATHER_MS);
    });
  }

  /** One batch after the other, until less than a whole one is left (nothing, when closing). */
  private async writeAll(): Promise<void> {
    do {
      const batch = this.nextBatch();
      if (!(await this.writeUntilDone(batch))) return;
      this.waiting -= batch.rows;
      batch.clear();
      this.spare = batch;
    } while (this.waiting >= (this.closing.signal.aborted ? 1 : BATCH_ROWS));
  }

  private nextBatch(): CopyBytes {
    if (this.fresh.length > 0) this.encodeFresh();
    if (this.batches.length === 1) this.batches.push(this.emptyBatch());
    const batch = this.batches.shift()!;
    this.countBytes();
    return batch;
  }

  private countBytes(): void {
    this.heldBytes = this.batches.reduce((sum, batch) => sum + batch.heldBytes, 0);
  }

  /** False when the hub stops before the database took the batch. */
  private async writeUntilDone(batch: CopyBytes): Promise<boolean> {
    for (let failures = 0; ; failures++) {
      try {
        this.drop(await this.write(batch), 'messages not logged: the database refuses what is in them');
        if (failures > 0) this.log.info({ failures, dropped: this.lost }, 'message log is written again');
        return true;
      } catch (error) {
        if (failures === 0)
          this.log.warn({ error: String(error) }, 'message log cannot be written; trying again');
        if (Date.now() >= this.closeBy) return false;
        await this.pause(failures);
      }
    }
  }

  private async pause(failures: number): Promise<void> {
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    // A stop ends a long pause; from then on the pauses are short.
    if (this.closing.signal.aborted) await delay(FIRST_RETRY_MS);
    else await delay(pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }

  private drop(rows: number, why: string): void {
    if (rows === 0) return;
    this.lost += rows;
    this.log.warn({ rows, dropped: this.lost }, why);
  }
}

/**
 * ADAPTER of the port `MessageLog`: rows gather in memory and are written in batches, beside the path of the
 * messages. Nothing here is ever waited for by a message.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, type MessageLog, type MessageRow } from '@app/hub';
import { identified, type IdentifiedRow } from './message-writer';

/** Rows wait at most this long for others to be written with, in ms. */
const GATHER_MS = 100;
/** Rows of one statement: at 350 bytes of JSON each, 350 kB. */
const BATCH_ROWS = 1_000;
/**
 * Rows that wait, all told: at 1,000 messages a second, 50 s without a database, in about 40 MB. When it is
 * full the newest are dropped: that costs nothing, and keeps how the trouble began.
 */
const BUFFER_ROWS = 50_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** For how long a stop waits for the last rows, in ms. */
const CLOSE_MS = 3_000;

/** Writes a batch; answers how many of its rows were refused. */
export type WriteBatch = (rows: readonly IdentifiedRow[]) => Promise<number>;

export class BatchedMessageLog implements MessageLog {
  private waiting: MessageRow[] = [];
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
    if (this.waiting.length >= this.bufferRows || this.closing.signal.aborted) {
      this.lost++;
      return;
    }
    this.waiting.push(row);
    if (this.writing !== undefined) return;
    if (this.waiting.length >= BATCH_ROWS) this.start();
    else this.gathering ??= setTimeout(() => this.start(), GATHER_MS);
  }

  async close(): Promise<void> {
    this.closeBy = Date.now() + CLOSE_MS;
    this.closing.abort();
    if (this.waiting.length > 0 && this.writing === undefined) this.start();
    const limit = delay(CLOSE_MS, undefined, { ref: false });
    await Promise.race([this.writing, limit]);
    this.drop(this.waiting.length, 'messages not logged: the database took none before the stop');
    this.waiting = [];
  }

  private start(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.writing = this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.waiting.length > 0) this.gathering = setTimeout(() => this.start(), GATHER_MS);
    });
  }

  /** One batch after the other, until less than a whole one is left (nothing, when closing). */
  private async writeAll(): Promise<void> {
    do {
      const batch = this.waiting.slice(0, BATCH_ROWS).map(identified);
      if (!(await this.writeUntilDone(batch))) return;
      this.waiting.splice(0, batch.length);
    } while (this.waiting.length >= (this.closing.signal.aborted ? 1 : BATCH_ROWS));
  }

  /** False when the hub stops before the database took the batch. */
  private async writeUntilDone(batch: readonly IdentifiedRow[]): Promise<boolean> {
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

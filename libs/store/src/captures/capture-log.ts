/**
 * ADAPTER of the port `CaptureLog`: messages gather in memory and are sealed and written in small batches, beside
 * the path of the messages. Nothing here is ever waited for by a message.
 */
import { type CapturedBody, type CapturedMessage, type CaptureLog, type Log } from '@app/hub';
import { atMost } from '../connection';
import { type Capturing, type Missed } from './write-captured';

/** Messages wait at most this long for others to be written with, in ms. */
const GATHER_MS = 200;
/** Of one batch: sealing 256 kB takes a process about 1 ms, and nobody is held up for longer. */
const BATCH_BYTES = 256 * 1024;
const BATCH_MESSAGES = 50;
/** What waits, all told: at 100 messages a second of 4 kB, 20 s without a database. The newest are dropped. */
const BUFFER_BYTES = 8 * 1024 * 1024;
/** What a message takes besides its bodies and texts, roughly. */
const OVERHEAD_BYTES = 2_048;
/** For how long a stop waits for the last messages, in ms. */
const CLOSE_MS = 2_000;

/** Writes a batch, and how many messages of which capture found no room in the buffer. */
export type WriteCaptured = (batch: readonly Capturing[], missed: Missed) => Promise<void>;

export class BatchedCaptureLog implements CaptureLog {
  private waiting: Capturing[] = [];
  private bytes = 0;
  private gathering: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private closed = false;
  private missed = new Map<string, number>();

  constructor(
    private readonly write: WriteCaptured,
    private readonly log: Log,
  ) {}

  record(platformId: string, captureId: string, message: CapturedMessage): void {
    const size = sizeOf(message);
    if (this.closed || this.bytes + size > BUFFER_BYTES) {
      this.missed.set(captureId, (this.missed.get(captureId) ?? 0) + 1);
      return;
    }
    this.waiting.push({ platformId, captureId, message });
    this.bytes += size;
    if (this.writing === undefined) this.gathering ??= setTimeout(() => this.start(), GATHER_MS);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.gathering);
    await atMost(CLOSE_MS, this.writing ?? Promise.resolve());
    await atMost(CLOSE_MS, this.writeAll());
  }

  private start(): void {
    this.gathering = undefined;
    this.writing = this.writeAll().finally(() => (this.writing = undefined));
  }

  private async writeAll(): Promise<void> {
    for (let batch = this.next(); batch.length > 0; batch = this.next()) await this.writeBatch(batch);
  }

  private next(): Capturing[] {
    let [count, bytes] = [0, 0];
    while (count < Math.min(this.waiting.length, BATCH_MESSAGES) && (count === 0 || bytes < BATCH_BYTES)) {
      bytes += sizeOf(this.waiting[count++]!.message);
    }
    this.bytes -= bytes;
    return this.waiting.splice(0, count);
  }

  /** A batch is tried once: what is looked at for an hour is not worth keeping messages of others in memory. */
  private async writeBatch(batch: readonly Capturing[]): Promise<void> {
    const { missed } = this;
    this.missed = new Map();
    try {
      await this.write(batch, missed);
    } catch (error) {
      this.log.warn({ error: String(error), messages: batch.length }, 'captured messages could not be kept');
    }
  }
}

function sizeOf({ url, requestHeaders, answerHeaders, ...bodies }: CapturedMessage): number {
  const texts = [url, ...Object.values(requestHeaders), ...Object.values(answerHeaders)];
  const bodyBytes = heldBy(bodies.requestBody) + heldBy(bodies.answerBody);
  return texts.reduce((sum, text) => sum + text.length, bodyBytes + OVERHEAD_BYTES);
}

/** The memory behind a body, which may be longer than what is kept of it. */
function heldBy(body: CapturedBody | null): number {
  return body?.kept.buffer.byteLength ?? 0;
}

/** ADAPTER of the port `Waker`: adds jobs beside the path of the messages. */
import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryLine, type Log, type Waker } from '@app/hub';
import { type DrainJob, JOB_NAME, JOB_OPTIONS, LINES_PER_JOB } from './drain-job';
import { type BulkJob, type JobQueue, openQueue, type QueuePlace } from './queue-place';

/** Jobs of one kind in one round trip: of lines, 2,000 in 200 kB. */
const BATCH = 20;
/** Lines and bundles that wait to be added, at most: in 20 MB each. What comes on top is found by the sweep. */
const MAX_WAITING = 100_000;
/** For how long a stop waits for the last jobs, in ms. */
const CLOSE_MS = 1_000;
/** A queue that is away is mentioned once in so many ms. */
const COMPLAIN_EVERY_MS = 60_000;

export interface DrainQueue extends Waker {
  /** Wake-ups that could not be given: the sweep finds their lines. */
  readonly missed: number;
  /** @throws when the queue's backend does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the producing side of the queue.
 *
 * @throws when the queue is on PostgreSQL and the database cannot be reached; a Redis may come later
 */
export async function openDrainQueue(place: QueuePlace, log: Log): Promise<DrainQueue> {
  const queue = await openQueue(place);
  return new BatchingQueue(queue, log);
}

class BatchingQueue implements DrainQueue {
  private readonly waiting = new Map<string, DeliveryLine>();
  private readonly bundles: string[] = [];
  private adding: Promise<void> | undefined;
  private complainedAt = 0;
  private lost = 0;

  constructor(
    private readonly queue: JobQueue,
    private readonly log: Log,
  ) {
    queue.on('error', (error) => this.complain(error));
  }

  get missed(): number {
    return this.lost;
  }

  wake(lines: readonly DeliveryLine[], bundles: readonly string[] = []): void {
    for (const line of lines) {
      if (this.waiting.size < MAX_WAITING) this.waiting.set(line.line, line);
      else this.lost++;
    }
    for (const bundle of bundles) {
      if (this.bundles.length < MAX_WAITING) this.bundles.push(bundle);
      else this.lost++;
    }
    this.adding ??= this.addAll().finally(() => (this.adding = undefined));
  }

  async ping(): Promise<void> {
    await this.queue.getGlobalConcurrency();
  }

  async close(): Promise<void> {
    await Promise.race([this.adding, delay(CLOSE_MS, undefined, { ref: false })]);
    await Promise.race([this.queue.close(), delay(CLOSE_MS, undefined, { ref: false })]);
  }

  /** One batch after the other; one that fails is left to the sweep, so that nothing piles up here. */
  private async addAll(): Promise<void> {
    while (this.waiting.size > 0 || this.bundles.length > 0) {
      const bundles = this.bundles.splice(0, BATCH);
      const lines = this.takeWaiting(BATCH * LINES_PER_JOB);
      try {
        await this.queue.addBulk(jobsOf(lines, bundles));
      } catch (error) {
        this.lost += lines.length + bundles.length;
        this.complain(error);
      }
    }
  }

  private takeWaiting(limit: number): DeliveryLine[] {
    const taken: DeliveryLine[] = [];
    for (const line of this.waiting.values()) {
      if (taken.length === limit) break;
      taken.push(line);
    }
    for (const { line } of taken) this.waiting.delete(line);
    return taken;
  }

  private complain(error: unknown): void {
    if (Date.now() - this.complainedAt < COMPLAIN_EVERY_MS) return;
    this.complainedAt = Date.now();
    this.log.warn(
      { error: String(error), missed: this.lost },
      'the queue does not answer; deliveries wait for the sweep',
    );
  }
}

function jobsOf(lines: readonly DeliveryLine[], bundles: readonly string[]): BulkJob[] {
  const jobs = bundles.map((bundle) => jobOf({ bundle }));
  for (let at = 0; at < lines.length; at += LINES_PER_JOB) {
    jobs.push(jobOf({ lines: lines.slice(at, at + LINES_PER_JOB) }));
  }
  return jobs;
}

function jobOf(data: DrainJob): BulkJob {
  return { name: JOB_NAME, data, opts: JOB_OPTIONS };
}

/** Works the queue off: one job is one line that has something to send. */
import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryLine, type Log } from '@app/hub';
import { DelayedError, type Job } from 'bullmq';
import { type DrainJob } from './drain-job';
import { openWorker, type QueuePlace } from './queue-place';

/** Sends what a line has to send. @returns in how many ms to look again; `null` for not at all */
export type Drain = (line: DeliveryLine) => Promise<number | null>;

export interface DrainWorkerOptions {
  /** Jobs that run at a time in this process. */
  readonly concurrency: number;
  readonly log: Log;
}

export interface DrainWorker {
  /** Takes no more jobs and waits for those under way, at most `limitMs`. */
  close(limitMs: number): Promise<void>;
}

/** A worker's trouble is mentioned once in so many ms. */
const COMPLAIN_EVERY_MS = 60_000;

/**
 * Starts a worker. A `drain` that fails is not repeated from here: the sweep finds its line again. A queue
 * that is away is waited for.
 */
export function startDrainWorker(place: QueuePlace, drain: Drain, options: DrainWorkerOptions): DrainWorker {
  const complain = complainer(options.log);
  const worker = openWorker(place, options.concurrency, (job, token) => runJob(job, token, drain));
  worker.on('error', complain);
  worker.on('failed', (_, error) => complain(error));
  worker.run().catch(complain);
  return {
    close: async (limitMs) => {
      const inOrder = worker.close().catch(complain);
      const limit = new AbortController();
      const late = delay(limitMs, 'late', { signal: limit.signal }).catch(() => undefined);
      if ((await Promise.race([inOrder, late])) === 'late') void worker.close(true).catch(complain);
      limit.abort();
    },
  };
}

/** A line that is to be looked at later keeps its job, which then counts as waiting and takes no slot. */
async function runJob(job: Job<DrainJob>, token: string | undefined, drain: Drain): Promise<void> {
  const { line, platformId } = job.data;
  const againInMs = await drain({ line, platformId });
  if (againInMs === null) return;
  await job.moveToDelayed(Date.now() + Math.max(Math.ceil(againInMs), 1), token);
  throw new DelayedError();
}

function complainer(log: Log): (error: unknown) => void {
  let complainedAt = 0;
  return (error) => {
    if (Date.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = Date.now();
    log.warn(
      { error: String(error) },
      'delivery jobs failed or the queue does not answer; the sweep finds them again',
    );
  };
}

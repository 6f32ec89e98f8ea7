/** Works the queue off: a job hands over what there is to send. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Log } from '@app/hub';
import { type DrainJob } from './drain-job';
import { openWorker, type QueuePlace } from './queue-place';

/** Takes over what a job is about; it resolves when there is room for more. */
export type TakeJob = (job: DrainJob) => Promise<void>;

export interface DrainWorker {
  /** Takes no more jobs and waits for those that are being handed over, at most `limitMs`. */
  close(limitMs: number): Promise<void>;
}

/** Jobs at a time: all the bundles of a push to a thousand are fetched at once, so that their answers come together. */
const JOBS_AT_A_TIME = 8;
/** A worker's trouble is mentioned once in so many ms. */
const COMPLAIN_EVERY_MS = 60_000;

/** Starts a worker. A queue that is away is waited for; what it loses is found by the sweep. */
export function startDrainWorker(place: QueuePlace, take: TakeJob, log: Log): DrainWorker {
  const complain = complainer(log);
  const worker = openWorker(place, JOBS_AT_A_TIME, ({ data }) => take(data));
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

function complainer(log: Log): (error: unknown) => void {
  let complainedAt = 0;
  return (error) => {
    if (Date.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = Date.now();
    log.warn({ error: String(error) }, 'the delivery queue does not answer; the sweep finds what is due');
  };
}

/**
 * The sweep: finds what was forgotten, ends what is too old, forgets what was kept for long enough. It is why the
 * queue may lose everything, or be away. Every worker sweeps and drains what it finds: what two find, one leases.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryStore, type Log, type Waker } from '@app/hub';
import { complainer } from './complain';
import { type Drainer } from './drainer';

export interface SweepParts {
  readonly deliveries: DeliveryStore;
  /** Frees what dead workers had in hand (see `WorkerRegistry`). */
  readonly releaseDead: () => Promise<number>;
  readonly waker: Waker;
  readonly drainer: Pick<Drainer, 'has' | 'take' | 'takeForgotten'>;
  /** Told how many legs a page of them was that were over their age. */
  readonly onExpired: (legs: number) => void;
  readonly log: Log;
}

/** Between two sweeps, in ms; up to half of it more by chance, so that workers do not sweep together. */
const SWEEP_EVERY_MS = 1_000;
/** A leg that is due for so long, in ms, has been forgotten by the queue, or the queue is behind. */
const OVERDUE_MS = 2_000;
/** Legs of one statement. */
const PAGE = 1_000;
/** Pages of legs in bundles in one sweep: the single lines have their turn, too. */
const BUNDLE_PAGES = 6;
/** Pages of each kind in one sweep: a backlog of any kind is worked off at some ten thousand legs a second. */
const PAGES_PER_SWEEP = 20;
/** Between two purges, in ms. */
const PURGE_EVERY_MS = 60_000;

export interface Sweep {
  close(): Promise<void>;
}

/** Starts sweeping. */
export function startSweep(parts: SweepParts): Sweep {
  const closing = new AbortController();
  const running = new Sweeper(parts).run(closing.signal);
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

class Sweeper {
  private cursor: string | null = null;
  private purgedAt = 0;
  private readonly complain: (error: unknown) => void;

  constructor(private readonly parts: SweepParts) {
    this.complain = complainer(parts.log, 'the sweep of the deliveries failed; trying again');
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sweep(signal).catch(this.complain);
      const pauseMs = SWEEP_EVERY_MS * (1 + Math.random() / 2);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async sweep(signal: AbortSignal): Promise<void> {
    const { deliveries, waker, drainer, onExpired } = this.parts;
    await this.takeOver();
    await inPages(signal, () => deliveries.parkPaused(PAGE));
    await inPages(signal, async () => {
      const lines = await deliveries.unpark(PAGE);
      waker.wake(lines);
      return lines.length;
    });
    await inPages(signal, async () => {
      const legs = await deliveries.expire(PAGE);
      onExpired(legs);
      return legs;
    });
    const takeForgotten = (): Promise<number> => drainer.takeForgotten(OVERDUE_MS, PAGE);
    await inPages(signal, takeForgotten, { full: 1, pages: BUNDLE_PAGES });
    for (let page = 0; page < PAGES_PER_SWEEP && !signal.aborted; page++) {
      const { data, nextCursor } = await deliveries.overdue(OVERDUE_MS, { cursor: this.cursor, limit: PAGE });
      await drainer.take(data.filter((line) => !drainer.has(line)));
      this.cursor = nextCursor;
      if (nextCursor === null) break;
    }
    await this.purge(signal);
  }

  private async takeOver(): Promise<void> {
    const leases = await this.parts.releaseDead();
    if (leases > 0) this.parts.log.info({ leases }, 'what a worker had in hand that ended goes on here');
  }

  /** Pauses only once there is nothing left to forget. */
  private async purge(signal: AbortSignal): Promise<void> {
    if (Date.now() - this.purgedAt < PURGE_EVERY_MS) return;
    const isDone = await inPages(signal, () => this.parts.deliveries.purge(PAGE));
    if (isDone) this.purgedAt = Date.now();
  }
}

/**
 * Does a page of work, and more as long as pages are full.
 *
 * @returns false when there may be more for the next sweep
 */
async function inPages(
  signal: AbortSignal,
  work: () => Promise<number>,
  { full, pages } = { full: PAGE, pages: PAGES_PER_SWEEP },
): Promise<boolean> {
  for (let page = 0; page < pages && !signal.aborted; page++) {
    if ((await work()) < full) return true;
  }
  return false;
}

import { type DeliveryLine } from '@app/hub';

/**
 * Attempts at a time to one receiving platform. With 1,024 lines at a time in a process it takes 128 platforms that
 * all begin to hang at the same moment to hold the others up, and then only for one timeout: see `release`.
 */
const MAX_SLOTS = 8;
/** Lines that wait for a slot, in all; what comes on top is left to the sweep. */
const MAX_WAITING = 100_000;

interface Lane {
  busy: number;
  /** How many may be busy. */
  limit: number;
  /** Few have any. */
  waiting?: Map<string, DeliveryLine>;
}

/** Shares the jobs of this process out between the receiving platforms: one that is slow takes only its share. */
export class Slots {
  private readonly lanes = new Map<string, Lane>();
  private waiting = 0;

  /** Takes a slot for a line, or lets the line wait for one and says false. */
  take(line: DeliveryLine): boolean {
    const lane = this.lane(line.platformId);
    if (lane.busy < lane.limit) {
      lane.busy += 1;
      return true;
    }
    if (this.waiting < MAX_WAITING && !lane.waiting?.has(line.line)) {
      (lane.waiting ??= new Map()).set(line.line, line);
      this.waiting += 1;
    }
    return false;
  }

  /**
   * Gives a slot back. A platform that did not answer has one slot until it answers again; each answer
   * doubles what it has.
   *
   * @param answered `undefined` when nothing was sent
   * @returns the lines that waited and may come now
   */
  release(platformId: string, answered: boolean | undefined): DeliveryLine[] {
    const lane = this.lane(platformId);
    lane.busy -= 1;
    if (answered !== undefined) lane.limit = answered ? Math.min(lane.limit * 2, MAX_SLOTS) : 1;
    const next = lane.waiting ? [...lane.waiting.values()].slice(0, Math.max(lane.limit - lane.busy, 0)) : [];
    for (const { line } of next) lane.waiting?.delete(line);
    this.waiting -= next.length;
    if (lane.busy === 0 && !lane.waiting?.size && lane.limit === MAX_SLOTS) this.lanes.delete(platformId);
    return next;
  }

  /** Lets the lines of a platform that cannot be reached wait for a slot no longer. */
  forget(platformId: string): void {
    const lane = this.lanes.get(platformId);
    if (!lane?.waiting) return;
    this.waiting -= lane.waiting.size;
    lane.waiting.clear();
  }

  /** Whether a line waits here for a slot. */
  isWaiting({ platformId, line }: DeliveryLine): boolean {
    return this.lanes.get(platformId)?.waiting?.has(line) ?? false;
  }

  private lane(platformId: string): Lane {
    const known = this.lanes.get(platformId);
    if (known) return known;
    const lane = { busy: 0, limit: MAX_SLOTS };
    this.lanes.set(platformId, lane);
    return lane;
  }
}

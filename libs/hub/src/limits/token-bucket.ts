/** How many requests a second, and how far a caller may run ahead of that. */
export interface Rate {
  readonly perSecond: number;
  /** What a bucket holds when it is full. */
  readonly burst: number;
}

/** A caller that was silent may send the requests of so many seconds at once: what gathers behind a restart of its. */
const BURST_SECONDS = 2;

/** A rate with the usual burst. */
export function rateOf(perSecond: number): Rate {
  return { perSecond, burst: perSecond * BURST_SECONDS };
}

/** A token bucket: filled `perSecond` up to `burst`, emptied by what is taken. */
export class TokenBucket {
  /** What was taken since the last report. */
  private spent = 0;
  private level: number;

  constructor(
    private readonly rate: Rate,
    private atMs: number,
  ) {
    this.level = rate.burst;
  }

  /** Takes one, or says that there is none. More at once are lent: the next one waits until they are there again. */
  take(nowMs: number, amount = 1): boolean {
    this.fill(nowMs);
    if (this.level < 1) return false;
    this.level -= amount;
    this.spent += amount;
    return true;
  }

  /** In how many ms there is one again. */
  waitMs(nowMs: number): number {
    this.fill(nowMs);
    return Math.max(0, ((1 - this.level) / this.rate.perSecond) * 1_000);
  }

  /** What was taken since the last report; counts anew from here. */
  report(): number {
    const { spent } = this;
    this.spent = 0;
    return spent;
  }

  /** What is left of a bucket that is shared with others, as of the last report. */
  agree(level: number, nowMs: number): void {
    this.atMs = nowMs;
    this.level = Math.min(level, this.rate.burst) - this.spent;
  }

  private fill(nowMs: number): void {
    this.level = Math.min(this.rate.burst, this.level + ((nowMs - this.atMs) / 1_000) * this.rate.perSecond);
    this.atMs = nowMs;
  }
}

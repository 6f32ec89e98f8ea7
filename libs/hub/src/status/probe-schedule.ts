/**
 * When which platform is checked, and what the outcome means. Clock and randomness are arguments.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Still alive check.
 */

/** Times of the checks, in ms. */
export interface ProbeTimes {
  /** A platform that was silent for so long is checked; an OFFLINE one is not checked more seldom than this. */
  readonly silenceMs: number;
  /** From a first failed check to the second, and the shortest wait between checks of an OFFLINE platform. */
  readonly retryMs: number;
}

/** A check that follows a silence is put off by up to this part of it, so that platforms do not fall into step. */
const JITTER = 0.1;
/** Two failures in a row. */
const FAILURES_TO_OFFLINE = 2;

export type WatchedStatus = 'CONNECTED' | 'OFFLINE';

interface Watch {
  status: WatchedStatus;
  /** When it is looked at next. */
  dueAt: number;
  failures: number;
  /** When the first of the failures began. */
  failingSince: number;
  /** It is being checked. */
  busy: boolean;
  /** Messages to it failed: that is the first of the two failures. */
  suspect: boolean;
}

/** What a failed check says about a platform that was CONNECTED. */
export interface Verdict {
  readonly failedAt: Date;
  readonly suspect: boolean;
}

/** Times are ms since 1970. */
export class ProbeSchedule {
  private readonly watches = new Map<string, Watch>();

  /** @param random from 0 (inclusive) to 1 */
  constructor(
    private readonly times: ProbeTimes,
    private readonly random: () => number,
  ) {}

  get size(): number {
    return this.watches.size;
  }

  /**
   * Watches a platform from now on, or follows a change of its status. One whose silence is over already is not
   * due at once but some time within the next such silence: a keeper that takes over meets thousands of them.
   */
  watch(platformId: string, status: WatchedStatus, lastSeen: number, now: number): void {
    const known = this.watches.get(platformId);
    if (known?.status === status) return;
    if (known === undefined) {
      const regular = lastSeen + this.silence();
      const dueAt = regular > now ? regular : now + this.random() * this.times.silenceMs;
      this.watches.set(platformId, { ...FRESH, status, dueAt });
    } else {
      Object.assign(known, { ...FRESH, status, busy: known.busy });
      known.dueAt = now + (status === 'OFFLINE' ? this.backoff(1) : this.silence());
    }
  }

  forget(platformId: string): void {
    this.watches.delete(platformId);
  }

  /** Those to be looked at now, longest due first, at most `limit`; each is given out once until it is settled. */
  due(now: number, limit: number): string[] {
    const due = [...this.watches].filter(([, watch]) => !watch.busy && watch.dueAt <= now);
    due.sort(([, a], [, b]) => a.dueAt - b.dueAt);
    const taken = due.slice(0, limit);
    for (const [, watch] of taken) watch.busy = true;
    return taken.map(([platformId]) => platformId);
  }

  /**
   * It turned out that it was heard of lately.
   *
   * @returns false when that was before it failed or fell silent: then it has to be checked
   */
  heardOf(platformId: string, lastSeen: number, now: number): boolean {
    const watch = this.watches.get(platformId);
    if (watch === undefined) return true;
    const since = Math.max(now - this.times.silenceMs, watch.failingSince);
    if (watch.suspect || watch.status === 'OFFLINE' || lastSeen <= since) return false;
    this.settle(watch, lastSeen + this.silence());
    return true;
  }

  /** A check succeeded. */
  answered(platformId: string, now: number): void {
    const watch = this.watches.get(platformId);
    if (watch) this.settle(watch, now + this.silence());
  }

  /** A check failed that began at `began`. @returns a verdict when it is the last one needed for OFFLINE */
  failed(platformId: string, began: number, now: number): Verdict | undefined {
    const watch = this.watches.get(platformId);
    if (watch === undefined) return undefined;
    watch.failures += 1;
    watch.busy = false;
    if (watch.failures === 1) watch.failingSince = began;
    watch.dueAt = now + this.backoff(watch.failures);
    const enough = watch.failures + (watch.suspect ? 1 : 0) >= FAILURES_TO_OFFLINE;
    if (watch.status === 'OFFLINE' || !enough) return undefined;
    return { failedAt: new Date(watch.failingSince), suspect: watch.suspect };
  }

  /** Messages to it fail: it is checked at once. */
  suspect(platformId: string, now: number): void {
    const watch = this.watches.get(platformId);
    if (watch === undefined || watch.status === 'OFFLINE') return;
    watch.suspect = true;
    watch.dueAt = now;
  }

  private settle(watch: Watch, dueAt: number): void {
    Object.assign(watch, { ...FRESH, status: watch.status, dueAt });
  }

  private silence(): number {
    return this.times.silenceMs * (1 + JITTER * this.random());
  }

  /** Doubles from `retryMs` up to the silence; spread by a fifth of itself, downwards. */
  private backoff(failures: number): number {
    const { retryMs, silenceMs } = this.times;
    return Math.min(retryMs * 2 ** Math.min(failures - 1, 20), silenceMs) * (1 - JITTER * 2 * this.random());
  }
}

const FRESH = { failures: 0, failingSince: 0, busy: false, suspect: false };

/** The times for a hub that checks platforms after so many seconds of silence. */
export function probeTimes(stillAliveAfterSeconds: number): ProbeTimes {
  const silenceMs = stillAliveAfterSeconds * 1_000;
  return { silenceMs, retryMs: Math.min(3_000, silenceMs / 4) };
}

/**
 * What this process notices about platforms while it works: that they live, and that messages to them fail.
 *
 * Noting costs a write into a map. Everything else happens in the background, in batches.
 */
import { type Directory } from '../directory';
import { type CourierFaultKind, type Log, type SignBoard, type SignOfLife } from '../ports';

/** Times of the signs, all in ms. */
export interface SignTimes {
  /** Signs are written down so often. */
  readonly flushMs: number;
  /** A platform's last sign is moved on only when it is older than this: it is written by many processes. */
  readonly minGapMs: number;
}

/** So many failures in a row within `FAILURE_WINDOW_MS` make a platform suspect. */
const SUSPECT_AFTER = 3;
const FAILURE_WINDOW_MS = 30_000;
/** The keeper is told of one platform at most once in this many ms. */
const TELL_GAP_MS = 1_000;

/** Faults that say something about the platform, and not about one message or the hub itself. */
const COUNTED: ReadonlySet<CourierFaultKind> = new Set<CourierFaultKind>([
  ...(['answer_timeout', 'connect_timeout', 'refused', 'reset'] as const),
  ...(['dns', 'tls', 'forbidden_destination', 'invalid_answer'] as const),
]);

interface Failures {
  readonly count: number;
  readonly since: number;
}

/** @param now in ms; tests give their own */
export class LifeSigns {
  private readonly signs = new Map<string, number>();
  private readonly failures = new Map<string, Failures>();
  private readonly toldAt = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly board: SignBoard,
    private readonly directory: Pick<Directory, 'platform'>,
    private readonly log: Log,
    private readonly times: SignTimes,
    private readonly now: () => number = Date.now,
  ) {}

  /** Begins to write down what was noted. */
  start(): this {
    this.timer = setInterval(() => void this.flush(), this.times.flushMs);
    this.timer.unref();
    return this;
  }

  /** The platform sent a message, or answered one. */
  seen(platformId: string): void {
    this.signs.set(platformId, this.now());
    if (this.failures.size > 0) this.failures.delete(platformId);
    if (this.directory.platform(platformId)?.record.status === 'OFFLINE') this.tell('tellAlive', platformId);
  }

  /** A message could not be handed to it: a fault, or it refused the hub's token. */
  failed(platformId: string, fault: CourierFaultKind | 'token_refused'): void {
    if (fault !== 'token_refused' && !COUNTED.has(fault)) return;
    const now = this.now();
    const before = this.failures.get(platformId);
    const inRow = before && now - before.since < FAILURE_WINDOW_MS ? before : { count: 0, since: now };
    const count = inRow.count + 1;
    this.failures.set(platformId, { count, since: inRow.since });
    if (count < SUSPECT_AFTER) return;
    // A delivery that is refused stands in no log otherwise, and the platform may look well in every check.
    if (count === SUSPECT_AFTER && fault === 'token_refused')
      this.log.warn({ platformId }, 'platform refuses the token that it gave to the hub, again and again');
    if (this.directory.platform(platformId)?.record.status === 'CONNECTED')
      this.tell('tellSuspect', platformId);
  }

  /** Writes down what was noted since the last time. What cannot be written is noted again by the next sign. */
  async flush(): Promise<void> {
    if (this.signs.size === 0) return;
    const signs = [...this.signs].map(([platformId, at]) => ({ platformId, at: new Date(at) }));
    this.signs.clear();
    try {
      await this.board.keepSigns(signs, this.times.minGapMs);
      await this.tellReturned(signs);
    } catch (err) {
      this.log.warn({ err }, 'signs of life could not be written');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Those whose sign came when the keeper had just been told, or before this process knew that they were OFFLINE. */
  private async tellReturned(signs: readonly SignOfLife[]): Promise<void> {
    const returned = signs.filter(({ platformId, at }) => {
      const parties = this.directory.platform(platformId)?.record.parties ?? [];
      return parties.some(({ status, statusSince }) => status === 'OFFLINE' && statusSince < at);
    });
    if (returned.length > 0) await this.board.tellAlive(returned.map(({ platformId }) => platformId));
  }

  private tell(what: 'tellAlive' | 'tellSuspect', platformId: string): void {
    const key = `${what} ${platformId}`;
    const now = this.now();
    if (now - (this.toldAt.get(key) ?? -Infinity) < TELL_GAP_MS) return;
    this.toldAt.set(key, now);
    this.board[what]([platformId]).catch((err: unknown) =>
      this.log.warn({ err, platformId }, 'the status keeper could not be told'),
    );
  }
}

/**
 * The times for a hub that checks platforms after so many seconds of silence: signs reach the keeper well
 * before it would check, and no platform costs more than one write in a few seconds.
 */
export function signTimes(stillAliveAfterSeconds: number): SignTimes {
  const ms = Math.min(2_000, (stillAliveAfterSeconds * 1_000) / 4);
  return { flushMs: ms, minGapMs: ms };
}

/** Whether the database can be used, as far as this process knows: it finds out again and again while it cannot. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, StoreUnavailable, type UnavailableReason } from '@app/hub';

/** From one probe to the next while the database cannot be used, in ms. */
const PROBE_MS = 1_000;
/**
 * A probe writes little. It may succeed on a disk that has no room for a message: what was reported counts this long,
 * in ms.
 */
const REPORT_COUNTS_MS = 5_000;

/** Writes a little. @throws StoreUnavailable */
export type Probe = () => Promise<void>;

export class DatabaseWatch {
  /** What the last probe said; undefined: the database takes writes. */
  private reason: UnavailableReason | undefined;
  private reported: { readonly reason: UnavailableReason; readonly atMs: number } | undefined;
  private watching: Promise<void> | undefined;
  private readonly closing = new AbortController();

  constructor(
    private readonly probe: Probe,
    private readonly log: Log,
  ) {}

  /** A statement failed for this reason: the database is probed at once, and again until it can be used. */
  report(reason: UnavailableReason): void {
    this.reported = { reason, atMs: performance.now() };
    if (this.closing.signal.aborted) return;
    this.watching ??= this.watchUntilUsable().finally(() => (this.watching = undefined));
  }

  /** @throws StoreUnavailable when the database is known to be away; a statement would only wait for its limits */
  throwIfAway(): void {
    if (this.reason === 'away') throw new StoreUnavailable('away');
  }

  /** @throws StoreUnavailable when the database takes no writes, or took none a moment ago */
  async check(): Promise<void> {
    const known = this.reason ?? this.reportedLately();
    if (known !== undefined) throw new StoreUnavailable(known);
    await this.probe();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.watching;
  }

  private async watchUntilUsable(): Promise<void> {
    const since = performance.now();
    for (let failures = 0; !this.closing.signal.aborted; failures++) {
      this.reason = await this.reasonNow();
      const known = this.reason ?? this.reportedLately();
      if (known === undefined) {
        if (failures > 0) this.log.info({ seconds: secondsSince(since) }, 'the database is used again');
        return;
      }
      if (failures === 0)
        this.log.error({ reason: known }, 'the database cannot be used; what needs it is answered with 503');
      await delay(PROBE_MS, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  private async reasonNow(): Promise<UnavailableReason | undefined> {
    try {
      await this.probe();
      return undefined;
    } catch (error) {
      return error instanceof StoreUnavailable ? error.reason : 'away';
    }
  }

  /** A lost connection says nothing once a new one works; a full disk or a read-only transaction does. */
  private reportedLately(): UnavailableReason | undefined {
    const { reported } = this;
    if (reported === undefined || reported.reason === 'away') return undefined;
    return performance.now() - reported.atMs < REPORT_COUNTS_MS ? reported.reason : undefined;
  }
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 100) / 10;
}

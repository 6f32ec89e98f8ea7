/**
 * The lines that this process has taken over, and whose turn it is. All of it may be lost: nobody's leg is
 * leased before its turn, and the sweep of any worker finds what is due.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryLine, type Directory, type LeasedLeg, type Log, type Waker } from '@app/hub';
import { complainer } from './complain';
import { drain, type Drained, type DrainedLine, type DrainParts, giveBack, isLeased, lineOf } from './drain';
import { Slots } from './slots';

/**
 * Lines that are being drained at a time: what waits for a receiver costs a socket and little else, and the more are
 * under way, the fewer statements they take. It takes 128 platforms that all begin to hang at the same moment to hold
 * the others up, and then only for one timeout (see `Slots`).
 */
const AT_A_TIME = 1_024;
/** Lines that wait for their next attempt here, in 20 MB; what comes on top is left to the sweep. */
const MAX_LATER = 100_000;
/** A timer that runs for longer than this, in ms, would end at once. The line is looked at again, and waits on. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** Between two attempts to note how a leg ended, in ms. */
const SETTLE_AGAIN_MS = 1_000;

export interface DrainerParts extends DrainParts {
  readonly directory: Directory;
  /** Gets back what is not begun when this process stops. */
  readonly waker: Waker;
  readonly log: Log;
}

export class Drainer {
  private readonly slots = new Slots();
  private readonly ready = new Map<string, DrainedLine>();
  private readonly later = new Map<string, NodeJS.Timeout>();
  private running = 0;
  private allEnded: () => void = () => undefined;
  private readonly complain: (error: unknown) => void;
  private roomMade: (() => void)[] = [];
  private closed = false;

  constructor(private readonly parts: DrainerParts) {
    this.complain = complainer(parts.log, 'lines could not be drained; the sweep finds them again');
  }

  /** Takes lines over; resolves when there is room for more. */
  async take(lines: Iterable<DrainedLine>): Promise<void> {
    for (const line of lines) this.put(line);
    if (this.closed) return this.giveBackAll();
    this.begin();
    if (this.ready.size > AT_A_TIME && !this.closed)
      await new Promise<void>((resolve) => this.roomMade.push(resolve));
  }

  /** Takes a bundle over, if it is still to be had; resolves when there is room for more. */
  async takeBundle(id: string): Promise<void> {
    await this.take(await this.parts.deliveries.take(id, this.parts.leaseMs));
  }

  /** Takes bundles over that were forgotten (see `DeliveryStore.takeForgotten`), of about so many legs. @returns of how many */
  async takeForgotten(overdueMs: number, limit: number): Promise<number> {
    const legs = await this.parts.deliveries.takeForgotten(overdueMs, limit, this.parts.leaseMs);
    await this.take(legs);
    return legs.length;
  }

  /** A line that came with its leg stays so. */
  private put(line: DrainedLine): void {
    if (isLeased(line) || !this.ready.has(line.line)) this.ready.set(line.line, line);
  }

  /** Whether a line waits here, for its turn or for a slot. */
  has(line: DeliveryLine): boolean {
    return this.ready.has(line.line) || this.slots.isWaiting(line);
  }

  /** Begins nothing more, gives back what waits for its turn, and waits at most `limitMs` for what is under way. */
  async close(limitMs: number): Promise<void> {
    this.closed = true;
    for (const timer of this.later.values()) clearTimeout(timer);
    for (const resolve of this.roomMade) resolve();
    const limit = new AbortController();
    const late = delay(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([Promise.all([this.ended(), this.giveBackAll().catch(this.complain)]), late]);
    limit.abort();
  }

  /** Resolves when nothing is under way any more. */
  private ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.running === 0) resolve();
      else this.allEnded = resolve;
    });
  }

  private async giveBackAll(): Promise<void> {
    const waiting = [...this.ready.values()];
    this.ready.clear();
    await Promise.all(waiting.map((line) => giveBack(line, this.parts.deliveries)));
    this.parts.waker.wake(waiting.map(lineOf));
  }

  private begin(): void {
    for (const [key, line] of this.ready) {
      if (this.closed || this.running >= AT_A_TIME) break;
      this.ready.delete(key);
      this.start(line);
    }
    if (this.ready.size > AT_A_TIME) return;
    for (const resolve of this.roomMade.splice(0)) resolve();
  }

  private start(line: DrainedLine): void {
    const work = isReachable(this.parts.directory, line.platformId) ? this.drain(line) : this.park(line);
    if (work) void this.follow(work);
  }

  private async follow(work: Promise<void>): Promise<void> {
    this.running += 1;
    try {
      await work;
    } catch (error) {
      this.complain(error);
    }
    this.running -= 1;
    this.begin();
    if (this.running === 0) this.allEnded();
  }

  /** What waits for a slot of the platform is parked with it: nobody here is to take it for granted any more. */
  private async park(line: DrainedLine): Promise<void> {
    this.slots.forget(line.platformId);
    await giveBack(line, this.parts.deliveries);
    await this.parts.deliveries.park(line.platformId);
  }

  /** A line whose platform has no slot free waits for one, without a leg: a newer push may replace that. */
  private drain(line: DrainedLine): Promise<void> | undefined {
    return this.slots.take(lineOf(line)) ? this.drainInSlot(line) : giveBack(line, this.parts.deliveries);
  }

  /** The slot is free as soon as the receiver has answered. */
  private async drainInSlot(line: DrainedLine): Promise<void> {
    let drained: Drained | undefined;
    try {
      drained = await drain(line, this.parts);
    } finally {
      this.leaveSlot(line, drained);
    }
    this.takeAgain(lineOf(line), drained.leg ? await this.settle(drained) : drained.dueInMs);
  }

  private leaveSlot({ platformId }: DeliveryLine, drained: Drained | undefined): void {
    const result = drained?.leg && drained.sent.result;
    const answered = result ? result.refusal === undefined : undefined;
    for (const next of this.slots.release(platformId, answered)) this.put(next);
    this.begin();
  }

  /** What was sent and is not noted would be sent again: a database that is away is waited for, within the lease. */
  private async settle({ leg, sent }: Extract<Drained, { leg: LeasedLeg }>): Promise<number | null> {
    for (;;) {
      try {
        return (await this.parts.deliveries.settle(leg, sent.settlement)) ? 0 : null;
      } catch (error) {
        if (this.closed || performance.now() + SETTLE_AGAIN_MS > leg.leasedUntil) throw error;
        this.complain(error);
      }
      await delay(SETTLE_AGAIN_MS);
    }
  }

  private takeAgain(line: DeliveryLine, againInMs: number | null): void {
    if (againInMs === null || this.closed) return;
    if (againInMs <= 0) this.put(line);
    else if (this.later.size < MAX_LATER && !this.later.has(line.line)) this.wait(line, againInMs);
  }

  private wait(line: DeliveryLine, ms: number): void {
    const timer = setTimeout(
      () => {
        this.later.delete(line.line);
        this.put(line);
        this.begin();
      },
      Math.min(Math.ceil(ms), LONGEST_TIMER_MS),
    );
    this.later.set(line.line, timer);
  }
}

/**
 * Whether a platform may be sent to now. One that is gone altogether counts as reachable, so that its legs are
 * looked at and found dead.
 */
function isReachable(directory: Directory, platformId: string): boolean {
  const record = directory.platform(platformId)?.record;
  if (!record || record.registeredAt === null) return true;
  return record.status === 'CONNECTED' && !record.suspended;
}

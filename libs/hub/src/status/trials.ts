/** To an OFFLINE platform one message in this many ms is handed on: a connection that fails costs 5 s at most. */
const TRIAL_GAP_MS = 3_000;

/**
 * Which messages may try an OFFLINE platform, so that one which is back is found by traffic too. All others are
 * refused at once.
 */
export class Trials {
  private readonly lastTrial = new Map<string, number>();

  /** Whether this message is the one that may try. */
  mayTry(platformId: string, now: Date): boolean {
    const last = this.lastTrial.get(platformId);
    if (last !== undefined && now.getTime() - last < TRIAL_GAP_MS) return false;
    this.lastTrial.set(platformId, now.getTime());
    return true;
  }

  /** It is not OFFLINE any more, or gone. */
  forget(platformId: string): void {
    this.lastTrial.delete(platformId);
  }
}

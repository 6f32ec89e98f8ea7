/** What one of those who use a room holds of it. */
export interface Share {
  held: number;
}

/**
 * Something of which there is only so much (requests in flight, bytes), shared out fairly and without a quota for each.
 *
 * Nobody takes so much that it holds more than it leaves free: one alone gets up to a half, two that want all get a third each, `n` get
 * `1 / (n + 1)`, and as much always stays free for whoever comes next. (Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998, with a factor of 1.)
 */
export class Room {
  private held = 0;

  constructor(readonly capacity: number) {}

  /** What all hold together. */
  get used(): number {
    return this.held;
  }

  /** Takes so much for somebody, or nothing and says false. */
  take(share: Share, amount = 1): boolean {
    if (share.held + amount > this.capacity - this.held - amount) return false;
    share.held += amount;
    this.held += amount;
    return true;
  }

  give(share: Share, amount = 1): void {
    share.held -= amount;
    this.held -= amount;
  }
}

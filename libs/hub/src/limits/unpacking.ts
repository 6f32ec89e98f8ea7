import { type Rate, TokenBucket } from './token-bucket';

const MEBIBYTE = 1024 * 1024;
/**
 * Bytes: to unpack and look at a MiB takes a router 5 to 10 ms, so that one platform has a tenth or so of its time.
 */
const RATE: Rate = { perSecond: 16 * MEBIBYTE, burst: 64 * MEBIBYTE };

/**
 * What a process unpacks for each platform beyond what packed messages are: a hundred bytes may become millions, whatever
 * limits the bytes have.
 */
export class Unpacking {
  /** Never more than the platforms that the operator let in. */
  private readonly buckets = new Map<string, TokenBucket>();

  /** @param now a clock in ms that never goes back */
  constructor(private readonly now: () => number) {}

  /** In how many ms something more may be unpacked for a platform; 0: now. */
  waitMs(platformId: string): number {
    return this.buckets.get(platformId)?.waitMs(this.now()) ?? 0;
  }

  /**
   * Notes what was unpacked. How much it would be is known afterwards only, so the last one may be too much.
   *
   * @param bytes beyond what is usual; nothing is noted of none
   */
  spend(platformId: string, bytes: number): void {
    if (bytes <= 0) return;
    const bucket = this.buckets.get(platformId) ?? new TokenBucket(RATE, this.now());
    this.buckets.set(platformId, bucket);
    bucket.take(this.now(), bytes);
  }
}

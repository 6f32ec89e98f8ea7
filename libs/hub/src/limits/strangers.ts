import { Account, tooMany } from './account';
import { type Rate, rateOf, TokenBucket } from './token-bucket';

/** Addresses remembered at most; the one that came first is forgotten first. About 200 bytes each. */
const MAX_ADDRESSES = 10_000;
/** All strangers together may send what so many of them may. */
const ADDRESSES_AT_ONCE = 20;

/**
 * Requests that show no known token: bounded for each address and in all, since each of them may cost a look-up in the
 * database and none of them has anybody to be billed to.
 */
export class Strangers {
  /** What all strangers hold together: they are one caller among the others. */
  readonly account: Account;
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly rate: Rate;

  /**
   * @param perSecond requests of one address
   * @param now a clock in ms that never goes back
   */
  constructor(
    perSecond: number,
    private readonly now: () => number,
  ) {
    this.rate = rateOf(perSecond);
    this.account = new Account('strangers', rateOf(perSecond * ADDRESSES_AT_ONCE), now());
  }

  /** @throws HubError `too_many_unauthorized` */
  spend(address: string): void {
    const bucket = this.bucketOf(networkOf(address));
    const now = this.now();
    if (!bucket.take(now)) throw tooMany('too_many_unauthorized', bucket.waitMs(now));
    const { bucket: all } = this.account;
    if (!all.take(now)) throw tooMany('too_many_unauthorized', all.waitMs(now));
  }

  private bucketOf(network: string): TokenBucket {
    const known = this.buckets.get(network);
    if (known) return known;
    const oldest = this.buckets.keys().next();
    if (this.buckets.size >= MAX_ADDRESSES && !oldest.done) this.buckets.delete(oldest.value);
    const bucket = new TokenBucket(this.rate, this.now());
    this.buckets.set(network, bucket);
    return bucket;
  }
}

/** Who has one address has its whole network: /64 of IPv6, and IPv4 as it is, also where it is written in IPv6. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const whole =
    tail === undefined ? groups : [...groups, ...zeros(8 - groups.length - after.length), ...after];
  return whole.slice(0, 4).join(':');
}

function zeros(count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => '0');
}

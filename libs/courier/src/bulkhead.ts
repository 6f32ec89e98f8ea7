import { CourierFault, type CourierRequest, Room, type Share } from '@app/hub';

/** The hub itself, where nobody else is named. */
const HUB = '';
/** Nobody is told to stay away for longer, in s: by then a request that hangs has been given up. */
const LONGEST_RETRY_S = 30;

/**
 * The requests to one platform that are under way: so many and no more, and shared out between those for whom they
 * are. A platform that hangs takes so much of the hub and no more; a caller that asks it too much leaves some to others.
 */
export class Bulkhead {
  private readonly room: Room;
  /** Never more than there are platforms; forgotten with the connections of the platform. */
  private readonly shares = new Map<string, Share>();
  /** When a request last ended, or began where none was under way, in ms. */
  private movedMs = 0;

  constructor(maxInFlight: number) {
    this.room = new Room(maxInFlight);
  }

  /** @throws CourierFault `overloaded` */
  enter({ callerId }: Pick<CourierRequest, 'callerId'>): void {
    const isFirst = this.room.used === 0;
    if (!this.room.take(this.shareOf(callerId))) {
      throw new CourierFault('overloaded', { retryAfterSeconds: this.retryAfterSeconds() });
    }
    if (isFirst) this.movedMs = Date.now();
  }

  leave({ callerId }: Pick<CourierRequest, 'callerId'>): void {
    this.room.give(this.shareOf(callerId));
    this.movedMs = Date.now();
  }

  /** As long again as nothing has moved: a platform that is merely busy is tried soon, one that hangs less and less. */
  private retryAfterSeconds(): number {
    const quietSeconds = Math.ceil((Date.now() - this.movedMs) / 1_000);
    return Math.min(Math.max(quietSeconds, 1), LONGEST_RETRY_S);
  }

  private shareOf(callerId = HUB): Share {
    const known = this.shares.get(callerId);
    if (known) return known;
    const share = { held: 0 };
    this.shares.set(callerId, share);
    return share;
  }
}

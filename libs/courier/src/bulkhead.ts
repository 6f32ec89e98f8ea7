import { CourierFault, type CourierRequest, Room, type Share } from '@app/hub';

/** The hub itself, where nobody else is named. */
const HUB = '';

/**
 * The requests to one platform that are under way: so many and no more, and shared out between those for whom they
 * are. A platform that hangs takes so much of the hub and no more; a caller that asks it too much leaves some to others.
 */
export class Bulkhead {
  private readonly room: Room;
  /** Never more than there are platforms; forgotten with the connections of the platform. */
  private readonly shares = new Map<string, Share>();

  constructor(maxInFlight: number) {
    this.room = new Room(maxInFlight);
  }

  /** @throws CourierFault `overloaded` */
  enter({ callerId }: Pick<CourierRequest, 'callerId'>): void {
    if (!this.room.take(this.shareOf(callerId))) throw new CourierFault('overloaded');
  }

  leave({ callerId }: Pick<CourierRequest, 'callerId'>): void {
    this.room.give(this.shareOf(callerId));
  }

  private shareOf(callerId = HUB): Share {
    const known = this.shares.get(callerId);
    if (known) return known;
    const share = { held: 0 };
    this.shares.set(callerId, share);
    return share;
  }
}

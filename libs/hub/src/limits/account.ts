import { HubError } from '../hub-error';
import { type RefusalCode } from '../refusals';
import { type Room, type Share } from './room';
import { type Rate, TokenBucket } from './token-bucket';

/** What all callers share. */
export interface Rooms {
  /** Requests in flight. */
  readonly requests: Room;
  /** Bytes of bodies that are held for requests in flight, on their way in and on their way out. */
  readonly bytes: Room;
}

/** Shares of a full room come free again within the time of one answer, a second or so for most. */
const ROOM_RETRY_SECONDS = 1;

/** What one caller uses of this process, and what it may: a platform, or all who show no known token. */
export class Account {
  /** Connections that belong to it. */
  connections = 0;
  /** Refusals that are held back right now. */
  heldBack = 0;
  /** When somebody was last told that it is over a limit. */
  toldAtMs = -Infinity;
  readonly requests: Share = { held: 0 };
  readonly bytes: Share = { held: 0 };
  readonly bucket: TokenBucket;

  constructor(
    readonly name: string,
    rate: Rate,
    nowMs: number,
  ) {
    this.bucket = new TokenBucket(rate, nowMs);
  }

  /** @throws HubError `too_many_requests` */
  spend(nowMs: number): void {
    if (this.bucket.take(nowMs)) return;
    throw tooMany('too_many_requests', this.bucket.waitMs(nowMs));
  }

  /**
   * Takes a request in. `leave` lets it go.
   *
   * @throws HubError `too_many_in_flight` when the caller has its share already, `hub_full` when nothing is left at all
   */
  enter(rooms: Rooms, bytes: number): void {
    if (!rooms.requests.take(this.requests)) throw this.noRoom(this.requests);
    if (rooms.bytes.take(this.bytes, bytes)) return;
    rooms.requests.give(this.requests);
    throw this.noRoom(this.bytes);
  }

  leave(rooms: Rooms, bytes: number): void {
    rooms.requests.give(this.requests);
    rooms.bytes.give(this.bytes, bytes);
  }

  private noRoom(share: Share): HubError {
    return tooMany(share.held > 0 ? 'too_many_in_flight' : 'hub_full', ROOM_RETRY_SECONDS * 1_000);
  }
}

/** A refusal that says when to come again. Spec: RFC 9110, 10.2.3 Retry-After: whole seconds. */
export function tooMany(code: RefusalCode, waitMs: number, detail?: string): HubError {
  return new HubError(code, detail, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
}

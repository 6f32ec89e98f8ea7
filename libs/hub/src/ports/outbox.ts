/**
 * PORTS: messages that the hub owes to receivers and sends later.
 *
 * PostgreSQL is the truth. The queue only says "look at this line now"; what it loses, a sweep finds again.
 */
import { type PartyId, type PartyKey, type PushedObject, type Version } from '@app/ocpi';
import { type DeliveryNote } from '../retry';
import { type HeaderList } from './courier';
import { type ObjectChange } from './object-store';
import { type Page, type PageRequest } from './platform-store';

/** One message for any number of receivers; its body is stored once. */
export interface OutgoingPush {
  readonly id: string;
  /** `hub`: routing headers from the hub party to each receiving party; `none`: a configuration module. */
  readonly routing: 'hub' | 'none';
  readonly module: string;
  readonly method: string;
  /** What follows the receiver's endpoint, verbatim: `''` or starting with `/`. */
  readonly rest: string;
  /** With its `?`, or `''`. */
  readonly query: string;
  /** Headers that go on to the receivers, besides ids, routing and authorization. */
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  /** Pushes of one object are never reordered at one receiver; a newer PUT of a path replaces older ones. */
  readonly object: PushedObject;
  readonly version: Version;
  /** The sender's own ids. */
  readonly requestId: string;
  readonly correlationId: string;
  /** Who sent it: `null` for the hub itself. */
  readonly from: { readonly platformId: string; readonly party: PartyId } | null;
  /** From its acceptance on, in seconds: after this it is no longer sent. */
  readonly maxAgeSeconds: number;
}

/** One receiver of a push. */
export interface Leg {
  readonly platformId: string;
  /** `null` when the push is for the platform and not for one of its parties. */
  readonly party: PartyId | null;
}

/** What is kept in order: the pushes of one object to one receiver. */
export interface DeliveryLine {
  /** A UUID made of receiver and object (see `deliveryLine`). */
  readonly line: string;
  readonly platformId: string;
}

/** What there is to send now. */
export interface DueLegs {
  readonly lines: readonly DeliveryLine[];
  /** Ids of bundles: many legs of one push each, which one worker takes over together. */
  readonly bundles: readonly string[];
}

/** How a push is accepted. */
export interface AcceptOptions {
  /** What it changes in the object store. */
  readonly change?: ObjectChange;
  /** Many legs go in bundles (see `DueLegs`); without it, each has its line looked at. */
  readonly inBundles?: boolean;
}

/** The accepting side. */
export interface Outbox {
  /**
   * Takes a push over, all legs or none, and what it changes in the object store with them. When it resolves,
   * nothing but the age limit can lose them.
   */
  accept(push: OutgoingPush, legs: readonly Leg[], options?: AcceptOptions): Promise<DueLegs>;
}

/** Tells the delivery workers that there is something to send. It never waits and never fails. */
export interface Waker {
  wake(lines: readonly DeliveryLine[], bundles?: readonly string[]): void;
}

/** A leg in the hands of one worker, until its lease ends. */
export interface LeasedLeg extends DeliveryLine {
  readonly id: string;
  readonly leaseId: string;
  /** When its lease ends, in ms of `performance.now()`. */
  readonly leasedUntil: number;
  readonly party: PartyId | null;
  /** Attempts made before this one. */
  readonly attempts: number;
  /** What is left of its age, in ms. */
  readonly remainingMs: number;
  readonly push: OutgoingPush;
}

/**
 * What a look at a line gives: a leg to send, or in how many ms to look again, since its oldest leg is not due yet or
 * in other hands. `null`: nothing waits that could be sent.
 */
export type NextLeg =
  { readonly leg: LeasedLeg } | { readonly leg?: undefined; readonly dueInMs: number | null };

/** How an attempt ended. */
export type Settlement =
  /** With a note, which is kept as its last error, where the answer was not quite as OCPI has it. */
  | { readonly state: 'delivered'; readonly note?: DeliveryNote }
  | { readonly state: 'dead'; readonly error: string }
  /** Not sent: it may not be sent any more. */
  | { readonly state: 'discarded'; readonly error: string }
  /** Goes again after so many ms, or at its age limit. */
  | { readonly state: 'waiting'; readonly error: string; readonly retryInMs: number };

/** The delivering side. Every time in it is the database's, so that the clocks of the workers do not matter. */
export interface DeliveryStore {
  /** Leases the oldest leg of a line when it is due and nobody has it. */
  lease(line: DeliveryLine, leaseMs: number): Promise<NextLeg>;
  /**
   * Takes a bundle over.
   *
   * @param leaseMs for how long a worker must have a leg, to send it; these are leased for longer
   * @returns its legs, but for those of paused receivers; none when somebody else has it
   */
  take(bundle: string, leaseMs: number): Promise<readonly LeasedLeg[]>;
  /**
   * Takes bundles over that wait for longer than `overdueMs`, or whose worker died: until they have `limit` legs
   * together. @returns their legs, none of which is for a paused receiver
   */
  takeForgotten(overdueMs: number, limit: number, leaseMs: number): Promise<readonly LeasedLeg[]>;
  /** Gives a leg back that was not sent. Without effect when the lease was lost in the meantime. */
  release(leg: LeasedLeg): Promise<void>;
  /**
   * Ends a lease, durably when it resolves. Without effect when the lease was lost in the meantime.
   *
   * @returns whether something waits in its line
   */
  settle(leg: LeasedLeg, settlement: Settlement): Promise<boolean>;
  /** A receiver that cannot be reached: its legs wait, without attempts, until `unpark` lets them go. */
  park(platformId: string): Promise<void>;
  /** Parks what came free again after its receiver was paused: under way then, or sent again by hand. @returns how many */
  parkPaused(limit: number): Promise<number>;
  /** Lets go what waits for platforms that are CONNECTED and not paused. @returns the lines to drain */
  unpark(limit: number): Promise<readonly DeliveryLine[]>;
  /** Lines with a leg that is overdue by `overdueMs`, oldest first; go on with `cursor` until it is null. */
  overdue(overdueMs: number, page: PageRequest): Promise<Page<DeliveryLine>>;
  /** Legs over their age: `expired` where the receiver could not be reached, else `dead`. @returns how many */
  expire(limit: number): Promise<number>;
  /**
   * Removes what has been kept for long enough, and bodies that no leg refers to.
   *
   * @returns how many rows; less than `limit` when nothing is left to remove
   */
  purge(limit: number): Promise<number>;
  countWaiting(): Promise<number>;
}

/** Which delivery workers live: what a dead one had in hand goes on at another. */
export interface WorkerRegistry {
  /**
   * Makes this worker known to the others, until `close`.
   *
   * @param onLost called when others may take over what it has in hand: it must break off its attempts
   * @throws when the database cannot be reached
   */
  join(onLost: () => void): Promise<void>;
  /**
   * Frees what dead workers had leased. A stalled worker that lives keeps its leases.
   *
   * @param graceMs for how long a worker must be missed; 0 where no other can be alive
   * @returns how many leases
   */
  releaseDead(graceMs?: number): Promise<number>;
  /** After the last attempt of this worker: what it still has leased goes on at another. */
  close(): Promise<void>;
}

/** Why a delivery is owed no more: it was for an earlier registration, a party that left, or an interface that was given up. */
export const UNOWED_REASONS = ['platform_unregistered', 'party_left', 'interface_not_implemented'] as const;
export type UnowedReason = (typeof UNOWED_REASONS)[number];

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'expired', 'replaced', 'discarded'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A leg as the operator sees it. */
export interface DeliveryView {
  readonly id: string;
  readonly state: DeliveryState;
  readonly platformId: string;
  /** `NL*TNM`; null for a push to the platform itself. */
  readonly receiver: PartyKey | null;
  readonly module: string;
  readonly method: string;
  /** `nl/cpo/loc1/e1`, without the module. */
  readonly object: string;
  /** See `clipCorrelationId`. */
  readonly correlationId: string;
  /** X-Request-ID of the message that it came from, at most 255 characters of it. */
  readonly requestId: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  /** Null once it is over, and while it waits for its receiver to come back. */
  readonly nextAttemptAt: Date | null;
}

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly platformId?: string;
  readonly receiver?: PartyKey;
  readonly module?: string;
  /** In full, or as it is kept. */
  readonly correlationId?: string;
}

/** Receivers that need the operator's or the sync's attention. */
export interface DeliveryReceiver {
  readonly platformId: string;
  readonly pausedAt: Date | null;
  /** Pushes expired while it could not be reached: it must fetch for itself what it missed. */
  readonly resyncSince: Date | null;
}

/** What came of asking for one leg. */
export type DeliveryChange =
  | { readonly outcome: 'done'; readonly line: DeliveryLine }
  | { readonly outcome: 'not_found' }
  /** It is not in a state that allows this. */
  | { readonly outcome: 'wrong_state'; readonly state: DeliveryState }
  /** A newer PUT or a DELETE of the same object was accepted since: sending it again would bring back an old state. */
  | { readonly outcome: 'superseded' }
  /** It was for an earlier registration of the platform, or its party has left: it is sent to no later one. */
  | { readonly outcome: 'not_owed' };

/** The operator's side. */
export interface DeliveryArchive {
  /** Newest first. @throws InvalidCursor */
  list(filter: DeliveryFilter, page: PageRequest): Promise<Page<DeliveryView>>;
  find(id: string): Promise<DeliveryView | undefined>;
  /** Sends a dead, expired or discarded leg again, with a fresh age; a waiting one at once. */
  retry(id: string, maxAgeSeconds: number): Promise<DeliveryChange>;
  /** A waiting, dead or expired leg is given up. */
  discard(id: string): Promise<DeliveryChange>;
  /** Nothing is sent to a paused receiver; what is accepted for it waits as if it were OFFLINE. */
  pause(platformId: string): Promise<void>;
  /** @returns the lines to drain */
  resume(platformId: string): Promise<readonly DeliveryLine[]>;
  /** In the order of their ids. @throws InvalidCursor */
  receivers(page: PageRequest): Promise<Page<DeliveryReceiver>>;
  /** The receiver has what it missed. */
  resynced(platformId: string): Promise<void>;
}

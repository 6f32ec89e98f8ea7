/**
 * PORT: the objects that are for everybody, as their owners last sent them: what GET All is answered from.
 *
 * The adapter is `libs/store` (PostgreSQL); an in-memory twin is in `libs/testkit`.
 */
import { type PartyKey } from '@app/ocpi';
import { type ObjectOwners } from './owner-index';

/** Whose objects: a pair on one platform. Another platform that holds the pair has objects of its own. */
export interface ObjectOwner {
  readonly platformId: string;
  readonly owner: PartyKey;
}

/** What names an object among those of one platform. */
export interface ObjectKey {
  readonly module: string;
  readonly owner: PartyKey;
  /** Upper case: ids are compared case-insensitively. */
  readonly id: string;
  /** The other half of the name of a token (`RFID`), empty for objects that have none. */
  readonly type: string;
}

/** One push of an owner, as it changes what is stored. */
export interface ObjectChange {
  readonly key: ObjectKey;
  readonly platformId: string;
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  /** Ids of what is changed inside the object, outermost first; empty when it is the object itself. */
  readonly part: readonly string[];
  /** One JSON object, not encoded; null for DELETE. */
  readonly body: Buffer | null;
  readonly receivedAt: Date;
}

/** One object as its owner lists it. */
export interface PulledObject {
  readonly key: ObjectKey;
  readonly lastUpdated: Date;
  readonly body: Buffer;
}

/** One page of a pull. */
export interface PulledPage {
  readonly platformId: string;
  /** What was pushed or deleted since then is newer than what the page says. */
  readonly startedAt: Date;
  readonly objects: readonly PulledObject[];
}

/** What is listed: the objects of some owners, in the order in which the hub first got them. */
export interface ObjectFilter {
  readonly module: string;
  readonly owners: readonly ObjectOwner[];
  /** Inclusive. */
  readonly dateFrom?: Date | undefined;
  /** Exclusive. */
  readonly dateTo?: Date | undefined;
}

export interface ObjectPageRequest extends ObjectFilter {
  /** The page begins after this place of the order; 0 is before the first. */
  readonly after: number;
  /** Objects left out at its beginning. */
  readonly offset: number;
  readonly limit: number;
  /** The page ends before its bodies are larger than this in all, but not before its first one. */
  readonly maxBytes: number;
}

export interface ObjectPage {
  readonly bodies: readonly Buffer[];
  /** The place of the last one; null when nothing follows the page. */
  readonly next: number | null;
}

/** An object that is looked for without its owner. */
export interface ObjectSearch {
  readonly module: string;
  readonly id: string;
  readonly type: string;
  readonly owners: readonly ObjectOwner[];
}

/** What a whole list no longer shows goes when it is older than these. */
export interface SweepBefore {
  /** Last seen by a pull or a push. */
  readonly seen: Date;
  /** Last pushed; an object that only pulls brought has no such time. */
  readonly pushed: Date;
}

export interface ObjectStore extends ObjectOwners {
  /** Takes a push over. A change of something that is not stored is ignored: not half of it is stored. */
  apply(change: ObjectChange): Promise<void>;
  page(request: ObjectPageRequest): Promise<ObjectPage>;
  /** How many there are in all. */
  count(filter: ObjectFilter): Promise<number>;
  /** At most one for each owner. */
  find(search: ObjectSearch): Promise<readonly Buffer[]>;
  /** Takes a page of a pull over; a push that is newer wins. */
  putPulled(page: PulledPage): Promise<void>;
  /** Removes what the owner no longer lists. Gives their number. */
  sweep(module: string, owner: ObjectOwner, before: SweepBefore): Promise<number>;
}

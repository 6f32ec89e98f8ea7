/**
 * PORT: which parties have which ids, learned from what passes through the hub. Ids alone, never payload.
 *
 * The adapter is `libs/store` (PostgreSQL, shared by all routers); an in-memory twin is in `libs/testkit`.
 */
import { type OwnedKind, type PartyId } from '@app/ocpi';

/** An id as it is compared: upper case, with what makes it unique. */
export interface OwnedId {
  readonly kind: OwnedKind;
  /** The party that the id is unique for; undefined: the id stands alone, and several parties may have it. */
  readonly scope: PartyId | undefined;
  /** Part of the id, `RFID`; empty for kinds without types. */
  readonly type: string;
  readonly id: string;
}

/** One party that has an id. */
export interface OwnerFact extends OwnedId {
  readonly owner: PartyId;
}

export interface OwnerIndex {
  /** Never waits: this process knows it at once, the others when it is written, a moment later. */
  learn(facts: readonly OwnerFact[]): void;
  /** Drops what turned out to be wrong; never waits. Another process may remember it until it finds out, too. */
  forget(facts: readonly OwnerFact[]): void;
  /**
   * Every party known to have an id, in no order; none when nobody is known.
   *
   * @throws when this process does not know and the record cannot be read in time
   */
  ownersOf(id: OwnedId): Promise<readonly PartyId[]>;
  /** Facts that were not written because too many were waiting. */
  readonly dropped: number;
  /** Writes what still waits, at most a few seconds long. */
  close(): Promise<void>;
}

/** PORT: a second source, the owners of the objects that the hub stores. */
export interface ObjectOwners {
  /**
   * The parties that have an object of a module with this id (compared case-insensitively).
   *
   * @param type part of the id, `RFID`; empty for modules without types
   */
  ownersOf(module: string, objectId: string, type: string): Promise<readonly PartyId[]>;
}

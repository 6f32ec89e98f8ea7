/**
 * PORT: what was pulled from whom and when, and what is to be pulled next. Shared by all workers, so that each
 * platform is asked by one of them at a time.
 *
 * The adapter is `libs/store` (PostgreSQL).
 */
import { type PartyKey } from '@app/ocpi';

/** The objects of one party and module on one platform. */
export interface SyncSubject {
  readonly platformId: string;
  readonly module: string;
  readonly owner: PartyKey;
}

/** A subject that is to be kept in step. */
export interface SyncWish extends SyncSubject {
  /** A later registration than the last known one asks for everything anew. */
  readonly registeredAt: Date;
  /** A later reconnection than the last known one asks for what changed since. */
  readonly connectedSince: Date;
}

/** A subject that this worker pulls now. */
export interface SyncJob extends SyncSubject {
  /** Names this claim: whoever's lease ran out has another worker's claim after it. */
  readonly lease: string;
  /** When the last whole pull began; null: everything is to be pulled. */
  readonly syncedAt: Date | null;
  /** When the platform registered: what it pushed since then is newer than what the whole pull is for. */
  readonly registeredAt: Date;
  /** Failed attempts since. */
  readonly failures: number;
}

/** A list that readers cannot rely on. */
export interface FailingList extends SyncSubject {
  /** What is known to be missing; null: the last pull failed. */
  readonly shortage: string | null;
}

/**
 * Why a listed object is not kept: it names no owner or another one, its id is no CiString, it is larger than 4 MiB, or
 * not every reader can be expected to parse it.
 */
export const IGNORED_REASONS = ['no_owner', 'other_owner', 'no_id', 'too_large', 'not_portable'] as const;
export type IgnoredReasonCode = (typeof IGNORED_REASONS)[number];

/** Listed objects that are not kept. */
export interface IgnoredObjects {
  readonly reason: IgnoredReasonCode;
  /** Whom the objects name as their owner; null: no party, or several. */
  readonly owner: PartyKey | null;
  readonly count: number;
}

/** What a pull brought so far. */
export interface SyncProgress {
  readonly objects: number;
  readonly ignored: readonly IgnoredObjects[];
}

/** Why a pull did not come to the end of the list. */
export interface SyncError {
  /** A refusal of the hub, such as `list_refused`. */
  readonly code: string;
  /** In words. */
  readonly reason: string;
  /** What the platform said, as far as it is printable; null: nothing. */
  readonly peerSaid: string | null;
  readonly at: Date;
}

/** A pull that came to the end of the list. */
export interface SyncResult {
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** What is known to be missing; then the next pull asks for everything again. */
  readonly shortage: string | null;
}

/** What is known of the pulls of one subject. */
export interface SyncState extends SyncSubject {
  readonly failures: number;
  readonly objects: number;
  readonly ignored: readonly IgnoredObjects[];
  readonly shortage: string | null;
  /** Why the last pull failed; null: it did not. */
  readonly error: { readonly code: string; readonly reason: string; readonly peerSaid: string | null } | null;
  readonly lastAttemptAt: Date | null;
  readonly lastSuccessAt: Date | null;
  /** A worker pulls it now, until then. */
  readonly leaseUntil: Date | null;
}

export interface SyncStore {
  /** From now on these are pulled; known ones only when they registered or reconnected since. */
  expect(wishes: readonly SyncWish[], now: Date): Promise<void>;
  /** Takes subjects of connected platforms that are due, at most one a platform, until the lease runs out. */
  claim(most: number, now: Date, leaseUntil: Date): Promise<readonly SyncJob[]>;
  /** Goes on with a claim. False when it is another worker's by now. */
  renew(job: SyncJob, progress: SyncProgress, leaseUntil: Date): Promise<boolean>;
  finish(job: SyncJob, result: SyncResult, dueAt: Date): Promise<void>;
  fail(job: SyncJob, error: SyncError, dueAt: Date): Promise<void>;
  /** The subject is no more: the platform gave the party up, or has no such interface. */
  drop(job: SyncJob): Promise<void>;
  /** These platforms are not registered: neither is anything of theirs pulled, nor are its objects kept. */
  forget(platformIds: readonly string[]): Promise<void>;
  /** The platforms and parties of a module whose last pull failed or did not bring everything. */
  failing(module: string): Promise<readonly FailingList[]>;
  /** Every subject of a platform. */
  statesOf(platformId: string): Promise<readonly SyncState[]>;
}

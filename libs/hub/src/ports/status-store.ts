/**
 * PORTS: signs of life, the status of parties, and what was told to whom about it.
 *
 * The adapter is `libs/store` (PostgreSQL).
 */
import { type Party, type Role } from '@app/ocpi';
import { type Agreement, type Effect } from '../agreement';
import { type DeliveryLine, type Leg, type OutgoingPush } from './outbox';
import { type ConnectionStatus } from './party-record';
import { type Page, type PageRequest } from './platform-store';

/** Why a party's status changed. */
export const STATUS_REASONS = [
  'announced', // by the operator
  'not_announced', // by the operator any more
  'approved', // by the operator
  'half_taken', // by another platform: two had it before the hub allowed one alone
  'registered',
  'updated', // its credentials, by PUT
  'unregistered',
  'silence', // and the still-alive checks failed
  'traffic_failures', // messages to it failed, and so did the still-alive check
  'sign_of_life',
  'suspended', // by the operator
  'resumed', // by the operator
] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

/** When a platform was last heard of. */
export interface SignOfLife {
  readonly platformId: string;
  readonly at: Date;
}

/** Where routers and workers leave what they notice; the keeper of the statuses hears of it. */
export interface SignBoard {
  /** One statement for all; a platform whose last sign is younger than `minGapMs` is left out. Nobody is notified. */
  keepSigns(signs: readonly SignOfLife[], minGapMs: number): Promise<void>;
  /** Platforms that are OFFLINE in the directory and yet gave a sign of life: the keeper hears it at once. */
  tellAlive(platformIds: readonly string[]): Promise<void>;
  /** Platforms that messages could repeatedly not be handed to: the keeper checks them at once. */
  tellSuspect(platformIds: readonly string[]): Promise<void>;
}

/** The keeper's side: the only writer of CONNECTED ⇄ OFFLINE. */
export interface StatusKeeping {
  lastSeen(platformIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Without effect unless it is CONNECTED and was not heard of since `failedAt`. @returns whether it changed */
  setOffline(platformId: string, reason: StatusReason, failedAt: Date, now: Date): Promise<boolean>;
  /** Without effect unless it is OFFLINE. @returns whether it changed */
  setConnected(platformId: string, now: Date): Promise<boolean>;
  /** Removes changes from before a time; of each party at least the last one stays. @returns how many */
  purgeHistory(before: Date, limit: number): Promise<number>;
  /** Notes which parties exchanged a message since then: they are never forgotten. */
  markExchanged(since: Date): Promise<void>;
  /** Removes parties that were given up before a time and never exchanged a message. @returns how many */
  forgetUnused(before: Date, limit: number): Promise<number>;
}

export interface StatusChange {
  readonly party: Party;
  readonly platformId: string;
  readonly status: ConnectionStatus;
  readonly reason: StatusReason;
  readonly at: Date;
}

export interface HistoryFilter {
  readonly countryCode: string;
  readonly partyId: string;
  readonly role?: Role;
}

/** The operator's side. */
export interface StatusControl {
  /** Stops a platform's traffic; its parties are SUSPENDED. False when there is no such platform. */
  suspend(platformId: string, now: Date): Promise<boolean>;
  /** Its parties are CONNECTED again when it is registered, else PLANNED. False when there is no such platform. */
  resume(platformId: string, now: Date): Promise<boolean>;
  /** Newest first. @throws InvalidCursor */
  history(filter: HistoryFilter, page: PageRequest): Promise<Page<StatusChange>>;
}

/** A party and a platform that is told of it. */
export interface View {
  readonly viewerId: string;
  readonly party: Party;
}

/** An agreement that was made or withdrawn changed what a viewer is shown: PLANNED, or the true status. */
export interface ViewChange extends View {
  readonly forbidden: boolean;
  readonly since: Date;
}

/** The changed views of some parties, or those that changed at a time or later; undefined: at any time. */
export type ViewQuery = { readonly parties: readonly Party[] } | { readonly since: Date | undefined };

/** A party whose status is not the one that was announced last. */
export interface PendingChange extends Party {
  readonly platformId: string;
  readonly status: ConnectionStatus;
  readonly statusSince: Date;
  readonly knownSince: Date;
  /** Null when it was never announced. */
  readonly announcedStatus: ConnectionStatus | null;
  readonly announcedPlatformId: string | null;
}

/** A party as it was announced last. */
export interface AnnouncedParty extends Party {
  readonly platformId: string;
  readonly status: ConnectionStatus;
  readonly statusSince: Date;
}

/** A push and its receivers. */
export interface AddressedPush {
  readonly push: OutgoingPush;
  readonly legs: readonly Leg[];
}

/** The agreements by which the last announcements were made. */
export interface AnnouncedTerms {
  readonly agreements: readonly Agreement[];
  readonly fallback: Effect;
  readonly at: Date;
}

/** When a change is announced. */
export interface DueRule {
  readonly now: Date;
  /** For so long OFFLINE must have lasted. */
  readonly holdMs: number;
  readonly limit: number;
}

/**
 * What was announced. Each method writes the announcements into the outbox and notes that they were made in
 * one transaction that locks what it is about: nothing is announced twice or never, whoever calls and dies.
 */
export interface AnnouncementStore {
  /** Announces the changes that are due. @returns the outbox's lines, and how many changes there were */
  announceDue(
    rule: DueRule,
    decide: (changes: readonly PendingChange[]) => readonly AddressedPush[],
  ): Promise<{ readonly lines: readonly DeliveryLine[]; readonly count: number }>;
  /** Undefined before the first announcement ever. */
  terms(): Promise<AnnouncedTerms | undefined>;
  /** From now on announcements are made by these. */
  keepTerms(terms: AnnouncedTerms): Promise<void>;
  /** Those that were announced as CONNECTED or OFFLINE: of the others, agreements hide nothing. */
  announcedParties(): Promise<readonly AnnouncedParty[]>;
  /** What agreements changed of the views of these parties so far. */
  viewChanges(parties: readonly Party[]): Promise<readonly ViewChange[]>;
  /**
   * Announces to each viewer what an agreement changed for it.
   *
   * @param decide is given those of the changes that were not announced before
   * @returns the outbox's lines
   */
  announceViews(
    changes: readonly ViewChange[],
    decide: (changes: readonly ViewChange[]) => readonly AddressedPush[],
  ): Promise<readonly DeliveryLine[]>;
  /** Since when a viewer is shown what it is shown of parties, where an agreement changed that. */
  viewsOf(viewerId: string, query: ViewQuery): Promise<readonly ViewChange[]>;
}

/** One process at a time is the keeper of the statuses. */
export interface Keepership {
  /**
   * Runs `serve` whenever this process is the keeper. The term's signal is aborted the moment that this is no
   * longer certain; `serve` then stops at once, and this process stands for election again.
   */
  stand(serve: (term: Term) => Promise<void>): void;
  close(): Promise<void>;
}

export interface Term {
  readonly signal: AbortSignal;
  /** What routers and workers told while it lasts. */
  onTold(listener: (kind: 'alive' | 'suspect', platformId: string) => void): void;
}

/**
 * PORT: the audit log of the admin API: changes, and reads of captured payloads. Entries are added and never changed.
 *
 * An entry is written in two halves. The first, before the change: who is about to do what, to what. The second,
 * after it: how it ended. A process that dies in between leaves an entry that is `open`, and never a change
 * without an entry.
 */
import { type ApiRole } from './api-key-store';
import { type Page, type PageRequest } from './platform-store';

/** How a call ended; `read`: it showed what is kept from most; `open`: nobody knows (yet). */
export const AUDIT_OUTCOMES = ['changed', 'unchanged', 'refused', 'failed', 'read', 'open'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface Actor {
  /** Null for `ADMIN_API_KEY`, which is in no database. */
  readonly id: string | null;
  readonly name: string;
  readonly role: ApiRole;
}

/** What is known before the change. Secrets are masked by whoever writes it. */
export interface AuditOpening {
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  /** The call, e.g. `suspendPlatform`. */
  readonly action: string;
  /** Path of what it is about, e.g. `platforms/{id}`; of what does not exist yet, that of its list. */
  readonly target: string;
  readonly input: object | null;
  /** The target as it was; null when it was not there. */
  readonly before: object | null;
}

/** What is known after it. */
export interface AuditClosing {
  readonly at: Date;
  readonly outcome: Exclude<AuditOutcome, 'open'>;
  /** Code of the refusal or failure. */
  readonly error: string | null;
  /** What was made, when that was not there before. */
  readonly target: string | null;
  readonly after: object | null;
}

/** An entry in a list. */
export interface AuditSummary extends Omit<AuditOpening, 'input' | 'before'> {
  readonly outcome: AuditOutcome;
  readonly error: string | null;
  readonly endedAt: Date | null;
}

export interface AuditEntry extends AuditSummary {
  readonly input: object | null;
  readonly before: object | null;
  readonly after: object | null;
}

export interface AuditFilter {
  /** Id or name of a key. */
  readonly actor?: string;
  readonly action?: string;
  /** It, and what lies below it. */
  readonly target?: string;
  readonly outcomes: readonly AuditOutcome[];
  /** Inclusive. */
  readonly since?: Date;
  /** Exclusive. */
  readonly until?: Date;
}

export interface AuditLog {
  /** Durable when it resolves. */
  open(opening: AuditOpening): Promise<void>;
  close(id: string, closing: AuditClosing): Promise<void>;
  /** Newest first. @throws InvalidCursor */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditSummary>>;
  find(id: string): Promise<AuditEntry | undefined>;
}

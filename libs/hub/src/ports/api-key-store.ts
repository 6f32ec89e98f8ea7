/**
 * PORT: the keys of the admin API. A key itself is never kept, only its hash (`hashToken`).
 *
 * The adapter is `libs/store` (PostgreSQL). A key is looked up for each request, so that one that is revoked is
 * refused by every process from that moment on.
 */
import { type Once, type Repetition } from './once';
import { type Page, type PageRequest } from './platform-store';

/** What a key may do, each with all that the one before it may. */
export const API_ROLES = ['viewer', 'operator', 'owner'] as const;

export type ApiRole = (typeof API_ROLES)[number];

export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  readonly role: ApiRole;
  readonly createdAt: Date;
  /** From this moment on it is refused; null: never. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To about a minute; null until it is used. */
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly role: ApiRole;
  readonly expiresAt: Date | null;
  readonly hash: string;
}

export interface ApiKeyOutcome {
  readonly outcome: 'done';
  readonly key: ApiKeyRecord;
}

export interface ApiKeyStore {
  create(key: NewApiKey, now: Date): Promise<ApiKeyOutcome>;
  createOnce(once: Once<ApiKeyOutcome>, key: NewApiKey, now: Date): Promise<ApiKeyOutcome | Repetition>;
  /** In the order of their creation, revoked and expired ones too. @throws InvalidCursor */
  list(page: PageRequest): Promise<Page<ApiKeyRecord>>;
  find(id: string): Promise<ApiKeyRecord | undefined>;
  /** Whatever became of it. */
  findByHash(hash: string): Promise<ApiKeyRecord | undefined>;
  /** For good. False when there is no such key, or when it was revoked before. */
  revoke(id: string, now: Date): Promise<boolean>;
  /** It was used, unless a later use is noted. */
  used(id: string, at: Date): Promise<void>;
}

/** Whose key is this? */
import { timingSafeEqual } from 'node:crypto';
import { type Actor, type ApiKeyRecord, hashToken, newToken } from '@app/hub';
import { type AdminParts } from '../parts';

/** So that a key is known as one wherever it turns up: in a log, a chat, a public repository. */
const PREFIX = 'ohk_';
const KEY = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`);
/** `last_used_at` is as exact as this, so that a busy key costs one write a minute, in ms. */
const USE_GAP_MS = 60_000;
/** What the audit log calls the key of the environment. */
export const FIRST_KEY_NAME = 'ADMIN_API_KEY';
const FIRST_KEY: Actor = { id: null, name: FIRST_KEY_NAME, role: 'owner' };

/** A new key: 256 random bits behind its prefix. */
export function newApiKey(): string {
  return `${PREFIX}${newToken()}`;
}

/** Knows the keys of the API: the one of the environment, and those of the store. */
export class KeyRing {
  private readonly firstHash: string;
  /** Keys whose use is being noted. */
  private readonly noting = new Set<string>();

  constructor(private readonly parts: AdminParts) {
    this.firstHash = hashToken(parts.apiKey);
  }

  /** The owner of a key that is good now; `undefined` for an unknown, malformed, expired or revoked one. */
  async callerWith(key: string): Promise<Actor | undefined> {
    const hash = hashToken(key);
    if (isSame(hash, this.firstHash)) return FIRST_KEY;
    const record = KEY.test(key) ? await this.parts.apiKeys.findByHash(hash) : undefined;
    const now = this.parts.registration.now();
    if (record === undefined || !isGood(record, now)) return undefined;
    this.noteUse(record, now);
    return { id: record.id, name: record.name, role: record.role };
  }

  /** Nobody waits for it. */
  private noteUse({ id, lastUsedAt }: ApiKeyRecord, now: Date): void {
    const isRecent = lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < USE_GAP_MS;
    if (isRecent || this.noting.has(id)) return;
    this.noting.add(id);
    void this.parts.apiKeys
      .used(id, now)
      .catch((err: unknown) => this.parts.log.warn({ err, id }, 'the use of an API key was not noted'))
      .finally(() => this.noting.delete(id));
  }
}

/** Hashes have one length, so that comparing them tells nothing about the key, not even its length. */
function isSame(hash: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hash), Buffer.from(other));
}

function isGood({ revokedAt, expiresAt }: ApiKeyRecord, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

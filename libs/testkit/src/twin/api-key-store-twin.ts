/** In-memory twin of the port `ApiKeyStore`. */
import { randomUUID } from 'node:crypto';
import {
  type ApiKeyOutcome,
  type ApiKeyRecord,
  type ApiKeyStore,
  type NewApiKey,
  type Once,
  type Page,
  type PageRequest,
  type Repetition,
} from '@app/hub';
import { OnceTwin } from './once-twin';
import { pageAfter } from './page';

export class ApiKeyStoreTwin implements ApiKeyStore {
  /** By hash. */
  private readonly keys = new Map<string, ApiKeyRecord>();
  private readonly once = new OnceTwin();

  async create({ hash, ...key }: NewApiKey, createdAt: Date): Promise<ApiKeyOutcome> {
    const made = { ...key, id: randomUUID(), createdAt, revokedAt: null, lastUsedAt: null };
    this.keys.set(hash, made);
    return { outcome: 'done', key: made };
  }

  createOnce(once: Once<ApiKeyOutcome>, key: NewApiKey, now: Date): Promise<ApiKeyOutcome | Repetition> {
    return this.once.run(once, now, () => this.create(key, now));
  }

  async list(page: PageRequest): Promise<Page<ApiKeyRecord>> {
    return pageAfter([...this.keys.values()], page, (key) => `${key.createdAt.toISOString()} ${key.id}`);
  }

  async find(id: string): Promise<ApiKeyRecord | undefined> {
    return [...this.keys.values()].find((key) => key.id === id);
  }

  async findByHash(hash: string): Promise<ApiKeyRecord | undefined> {
    return this.keys.get(hash);
  }

  async revoke(id: string, now: Date): Promise<boolean> {
    return this.change(id, (key) => (key.revokedAt === null ? { ...key, revokedAt: now } : undefined));
  }

  async used(id: string, at: Date): Promise<void> {
    this.change(id, (key) => ((key.lastUsedAt ?? at) <= at ? { ...key, lastUsedAt: at } : undefined));
  }

  private change(id: string, changed: (key: ApiKeyRecord) => ApiKeyRecord | undefined): boolean {
    const [hash, key] = [...this.keys].find((entry) => entry[1].id === id) ?? [];
    const next = key && changed(key);
    if (hash === undefined || next === undefined) return false;
    this.keys.set(hash, next);
    return true;
  }
}

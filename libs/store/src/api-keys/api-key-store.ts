/** ADAPTER of the port `ApiKeyStore`. */
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
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { pageOf, readTimeCursor, UUID, writeCursor } from '../cursor';
import { ApiKeyEntity } from '../entities';
import { type OnceKeeper } from '../once-keeper';
import { inTransaction } from '../transaction';

const USED = `
  UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`;

export class PostgresApiKeyStore implements ApiKeyStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keeper: OnceKeeper,
  ) {}

  create(key: NewApiKey, now: Date): Promise<ApiKeyOutcome> {
    return inTransaction(this.dataSource, (manager) => insert(manager, key, now));
  }

  createOnce(once: Once<ApiKeyOutcome>, key: NewApiKey, now: Date): Promise<ApiKeyOutcome | Repetition> {
    return inTransaction(this.dataSource, (manager) =>
      this.keeper.run({ manager, now }, once, () => insert(manager, key, now)),
    );
  }

  async list({ cursor, limit }: PageRequest): Promise<Page<ApiKeyRecord>> {
    const query = this.dataSource
      .createQueryBuilder(ApiKeyEntity, 'key')
      .orderBy({ 'key.createdAt': 'ASC', 'key.id': 'ASC' })
      .limit(limit + 1);
    if (cursor !== null) query.where('(key.createdAt, key.id) > (:at, :id)', { ...readTimeCursor(cursor) });
    const page = pageOf(await query.getMany(), limit, (last) =>
      writeCursor(last.createdAt.toISOString(), last.id),
    );
    return { ...page, data: page.data.map(recordOf) };
  }

  async find(id: string): Promise<ApiKeyRecord | undefined> {
    return UUID.test(id) ? this.findBy({ id }) : undefined;
  }

  findByHash(hash: string): Promise<ApiKeyRecord | undefined> {
    return this.findBy({ hash });
  }

  async revoke(id: string, now: Date): Promise<boolean> {
    const { affected } = await this.dataSource.manager.update(
      ApiKeyEntity,
      { id, revokedAt: IsNull() },
      { revokedAt: now },
    );
    return affected === 1;
  }

  async used(id: string, at: Date): Promise<void> {
    await this.dataSource.query(USED, [id, at]);
  }

  private async findBy(where: Partial<Pick<ApiKeyEntity, 'id' | 'hash'>>): Promise<ApiKeyRecord | undefined> {
    const row = await this.dataSource.manager.findOneBy(ApiKeyEntity, where);
    return row === null ? undefined : recordOf(row);
  }
}

async function insert(manager: EntityManager, key: NewApiKey, now: Date): Promise<ApiKeyOutcome> {
  const row = { ...key, id: randomUUID(), createdAt: now, revokedAt: null, lastUsedAt: null };
  await manager.insert(ApiKeyEntity, row);
  return { outcome: 'done', key: recordOf(row) };
}

/** The hash stays where it is. */
function recordOf(row: ApiKeyEntity): ApiKeyRecord {
  const { id, name, role, createdAt, expiresAt, revokedAt, lastUsedAt } = row;
  return { id, name, role, createdAt, expiresAt, revokedAt, lastUsedAt };
}

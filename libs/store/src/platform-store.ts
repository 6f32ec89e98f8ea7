/** ADAPTER of the port `PlatformStore`. Every method that writes is one transaction and announces it. */
import {
  type ApproveOutcome,
  type ChangeOutcome,
  type CreateOutcome,
  type FreshTokenA,
  type NewPlatform,
  type Once,
  type Page,
  type PageRequest,
  type PartyFilter,
  type PartyView,
  type PlatformChange,
  type PlatformFilter,
  type PlatformRecord,
  type PlatformStore,
  type PlatformTls,
  type Registration,
  type RegistrationOutcome,
  type Repetition,
  type TokenAOutcome,
} from '@app/hub';
import { type Party, type PartyId } from '@app/ocpi';
import { type DataSource, type EntityManager } from 'typeorm';
import { approveParties } from './approve';
import { changePlatform } from './change-platform';
import { createPlatform } from './create-platform';
import { CredentialsTokenEntity, PartyEntity, PlatformEntity } from './entities';
import { type OnceKeeper } from './once-keeper';
import { listParties } from './party-list';
import { listPlatformIds } from './platform-list';
import { type PlatformRecords } from './platform-records';
import { lockPlatform, register } from './register';
import { type Seal } from './seal';
import { tlsColumns } from './tls-columns';
import { issueTokenA, lendTokenA, retireOlder, withdrawTokenA } from './tokens';
import { announce, inTransaction } from './transaction';
import { unregister, withdraw } from './unregister';

export class PostgresPlatformStore implements PlatformStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly records: PlatformRecords,
    private readonly seal: Seal,
    private readonly keeper: OnceKeeper,
  ) {}

  create(platform: NewPlatform, now: Date): Promise<CreateOutcome> {
    return inTransaction(this.dataSource, (manager) => this.createWith(manager, platform, now));
  }

  createOnce(
    once: Once<CreateOutcome>,
    platform: NewPlatform,
    now: Date,
  ): Promise<CreateOutcome | Repetition> {
    return inTransaction(this.dataSource, (manager) =>
      this.keeper.run({ manager, now }, once, () => this.createWith(manager, platform, now)),
    );
  }

  async find(platformId: string): Promise<PlatformRecord | undefined> {
    const [record] = await this.records.load([platformId]);
    return record;
  }

  async list(filter: PlatformFilter, page: PageRequest): Promise<Page<PlatformRecord>> {
    const { data, nextCursor } = await listPlatformIds(this.dataSource, filter, page);
    return { data: await this.inOrder(data), nextCursor };
  }

  listParties(filter: PartyFilter, page: PageRequest): Promise<Page<PartyView>> {
    return listParties(this.dataSource, filter, page);
  }

  loadAll(): Promise<readonly PlatformRecord[]> {
    return this.records.load();
  }

  async findByTokenHash(hash: string): Promise<PlatformRecord | undefined> {
    const token = await this.dataSource.manager.findOneBy(CredentialsTokenEntity, { hash });
    return token === null ? undefined : this.find(token.platformId);
  }

  async findByParty({ countryCode, partyId }: PartyId): Promise<readonly PlatformRecord[]> {
    const rows = await this.dataSource.manager.findBy(PartyEntity, { countryCode, partyId, held: true });
    return this.records.load([...new Set(rows.map((row) => row.platformId))]);
  }

  change(platformId: string, change: PlatformChange, now: Date): Promise<ChangeOutcome> {
    return inTransaction(this.dataSource, (manager) => changePlatform(manager, platformId, change, now));
  }

  register(registration: Registration, now: Date): Promise<RegistrationOutcome> {
    return inTransaction(this.dataSource, (manager) => register(manager, registration, this.seal, now));
  }

  approve(platformId: string, parties: readonly Party[] | undefined, now: Date): Promise<ApproveOutcome> {
    return inTransaction(this.dataSource, (manager) => approveParties(manager, platformId, parties, now));
  }

  unregister(platformId: string, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, (manager) => unregister(manager, platformId, now));
  }

  withdraw(platformId: string, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, (manager) => withdraw(manager, platformId, now));
  }

  replaceTokenA(fresh: FreshTokenA, now: Date): Promise<TokenAOutcome> {
    return inTransaction(this.dataSource, (manager) => replaceTokenA(manager, fresh, now));
  }

  replaceTokenAOnce(
    once: Once<TokenAOutcome>,
    fresh: FreshTokenA,
    now: Date,
  ): Promise<TokenAOutcome | Repetition> {
    return inTransaction(this.dataSource, (manager) =>
      this.keeper.run({ manager, now }, once, () => replaceTokenA(manager, fresh, now)),
    );
  }

  lendTokenA(platformId: string, tokenAHash: string, until: Date, now: Date): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      if ((await lockPlatform(manager, platformId)) === null) return false;
      const lent = await lendTokenA(manager, { platformId, hash: tokenAHash, until }, now);
      if (lent) await announce(manager, platformId);
      return lent;
    });
  }

  async withdrawTokenA(platformId: string, tokenAHash: string): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      if (await withdrawTokenA(manager, platformId, tokenAHash)) await announce(manager, platformId);
    });
  }

  allowHosts(platformId: string, hosts: readonly string[]): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      if ((await lockPlatform(manager, platformId)) === null) return false;
      await manager.update(PlatformEntity, { id: platformId }, { allowedHosts: [...hosts] });
      await announce(manager, platformId);
      return true;
    });
  }

  setTls(platformId: string, tls: PlatformTls): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      if ((await lockPlatform(manager, platformId)) === null) return false;
      await manager.update(PlatformEntity, { id: platformId }, tlsColumns(tls, this.seal, platformId));
      await announce(manager, platformId);
      return true;
    });
  }

  async retireOlderTokens(platformId: string, usedTokenHash: string): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      if (await retireOlder(manager, platformId, usedTokenHash)) await announce(manager, platformId);
    });
  }

  private async createWith(manager: EntityManager, platform: NewPlatform, now: Date): Promise<CreateOutcome> {
    const created = await createPlatform(manager, platform, now);
    if ('taken' in created) return { outcome: 'party_taken', party: created.taken };
    const [record] = await this.records.loadWith(manager, [created.id]);
    return { outcome: 'done', platform: record! };
  }

  private async inOrder(ids: readonly string[]): Promise<PlatformRecord[]> {
    const byId = new Map((await this.records.load(ids)).map((record) => [record.id, record]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }
}

async function replaceTokenA(
  manager: EntityManager,
  { platformId, tokenAHash }: FreshTokenA,
  now: Date,
): Promise<TokenAOutcome> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null) return { outcome: 'not_found' };
  if (platform.registeredAt !== null) return { outcome: 'already_registered' };
  await issueTokenA(manager, platformId, tokenAHash, now);
  await announce(manager, platformId);
  return { outcome: 'done' };
}

/** ADAPTER of the port `AgreementStore`. Every method that writes is one transaction and announces it. */
import {
  type Agreement,
  type AgreementFilter,
  type AgreementOutcome,
  type AgreementStore,
  type ImportCount,
  type NewAgreement,
  type Once,
  type Page,
  type PageRequest,
  type Repetition,
} from '@app/hub';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from '../cursor';
import { AgreementEntity } from '../entities';
import { type OnceKeeper } from '../once-keeper';
import { announceAgreements, inTransaction } from '../transaction';
import { agreementOf, agreementRow, fingerprintOf } from './agreement-rows';

/** Rows in one statement: eleven values each, far below PostgreSQL's 65,535 a statement. */
const ROWS_PER_STATEMENT = 1_000;

export class PostgresAgreementStore implements AgreementStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keeper: OnceKeeper,
  ) {}

  create(agreement: NewAgreement, now: Date): Promise<AgreementOutcome> {
    return inTransaction(this.dataSource, (manager) => insertOne(manager, agreement, now));
  }

  createOnce(
    once: Once<AgreementOutcome>,
    agreement: NewAgreement,
    now: Date,
  ): Promise<AgreementOutcome | Repetition> {
    return inTransaction(this.dataSource, (manager) =>
      this.keeper.run({ manager, now }, once, () => insertOne(manager, agreement, now)),
    );
  }

  async list(filter: AgreementFilter, { cursor, limit }: PageRequest): Promise<Page<Agreement>> {
    const query = this.dataSource
      .createQueryBuilder(AgreementEntity, 'agreement')
      .orderBy({ 'agreement.createdAt': 'ASC', 'agreement.id': 'ASC' })
      .limit(limit + 1);
    if (filter.party !== undefined) {
      const named = `:party IN (split_part(agreement.from, '/', 1), split_part(agreement.to, '/', 1))`;
      query.andWhere(named, { party: filter.party });
    }
    if (cursor !== null) {
      query.andWhere('(agreement.createdAt, agreement.id) > (:at, :id)', { ...readTimeCursor(cursor) });
    }
    const page = pageOf(await query.getMany(), limit, (last) =>
      writeCursor(last.createdAt.toISOString(), last.id),
    );
    return { ...page, data: page.data.map(agreementOf) };
  }

  async find(id: string): Promise<Agreement | undefined> {
    const row = await this.dataSource.manager.findOneBy(AgreementEntity, { id });
    return row === null ? undefined : agreementOf(row);
  }

  remove(id: string): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const { affected } = await manager.delete(AgreementEntity, { id });
      if ((affected ?? 0) === 0) return false;
      await announceAgreements(manager);
      return true;
    });
  }

  async loadAll(): Promise<readonly Agreement[]> {
    return (await this.dataSource.manager.find(AgreementEntity)).map(agreementOf);
  }

  importAll(agreements: readonly NewAgreement[], now: Date): Promise<ImportCount> {
    return inTransaction(this.dataSource, async (manager) => {
      let added = 0;
      for (const part of inParts(agreements)) {
        added += (await insertMissing(manager, part, now)).length;
      }
      if (added > 0) await announceAgreements(manager);
      return { added, unchanged: agreements.length - added };
    });
  }

  async previewImport(agreements: readonly NewAgreement[]): Promise<ImportCount> {
    const missing = new Set(agreements.map(fingerprintOf));
    for (const part of inParts([...missing])) {
      const there = await this.dataSource.manager.find(AgreementEntity, {
        select: { id: true, fingerprint: true },
        where: { fingerprint: In(part) },
      });
      for (const { fingerprint } of there) missing.delete(fingerprint);
    }
    return { added: missing.size, unchanged: agreements.length - missing.size };
  }
}

async function insertOne(
  manager: EntityManager,
  agreement: NewAgreement,
  now: Date,
): Promise<AgreementOutcome> {
  const [id] = await insertMissing(manager, [agreement], now);
  const fingerprint = fingerprintOf(agreement);
  const row = await manager.findOneByOrFail(AgreementEntity, { fingerprint });
  if (id === undefined) return { outcome: 'agreement_exists', id: row.id };
  await announceAgreements(manager);
  return { outcome: 'done', agreement: agreementOf(row) };
}

/** The ids of those that were not there, nor earlier in the same list. Waits for others that write the same. */
async function insertMissing(
  manager: EntityManager,
  agreements: readonly NewAgreement[],
  now: Date,
): Promise<string[]> {
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(AgreementEntity)
    .values(agreements.map((agreement) => agreementRow(agreement, now)))
    .orIgnore()
    .returning(['id'])
    .execute();
  return (inserted.raw as { id: string }[]).map(({ id }) => id);
}

function inParts<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += ROWS_PER_STATEMENT) {
    parts.push(items.slice(at, at + ROWS_PER_STATEMENT));
  }
  return parts;
}

/** ADAPTER of the port `AgreementStore`. Every method that writes is one transaction and announces it. */
import {
  type Agreement,
  type AgreementFilter,
  type AgreementOutcome,
  type AgreementStore,
  type ImportOutcome,
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
import { agreementOf } from './agreement-rows';
import { ImportList } from './import-list';
import { writeMissing, type Written } from './write-missing';

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

  importAll(agreements: readonly NewAgreement[], now: Date): Promise<readonly ImportOutcome[]> {
    const list = new ImportList(agreements);
    return inTransaction(this.dataSource, async (manager) => {
      const outcomes = new Map<string, ImportOutcome>();
      for (const part of inParts(list.distinct())) {
        const given = part.map(([, agreement]) => agreement);
        for (const written of await writeMissing(manager, given, now)) outcomes.set(...written);
      }
      if ([...outcomes.values()].some(({ outcome }) => outcome === 'add')) await announceAgreements(manager);
      return list.outcomes((fingerprint) => outcomes.get(fingerprint)!);
    });
  }

  async previewImport(agreements: readonly NewAgreement[]): Promise<readonly ImportOutcome[]> {
    const list = new ImportList(agreements);
    const there = new Map<string, string>();
    for (const part of inParts(list.distinct())) {
      const rows = await this.dataSource.manager.find(AgreementEntity, {
        select: { id: true, fingerprint: true },
        where: { fingerprint: In(part.map(([fingerprint]) => fingerprint)) },
      });
      for (const { id, fingerprint } of rows) there.set(fingerprint, id);
    }
    return list.outcomes((fingerprint) => {
      const id = there.get(fingerprint);
      return id === undefined ? { outcome: 'add', id: null } : { outcome: 'unchanged', id };
    });
  }
}

async function insertOne(
  manager: EntityManager,
  agreement: NewAgreement,
  now: Date,
): Promise<AgreementOutcome> {
  const [{ outcome, id }] = [...(await writeMissing(manager, [agreement], now)).values()] as [Written];
  if (outcome === 'unchanged') return { outcome: 'agreement_exists', id };
  await announceAgreements(manager);
  return { outcome: 'done', agreement: agreementOf(await manager.findOneByOrFail(AgreementEntity, { id })) };
}

function inParts<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += ROWS_PER_STATEMENT) {
    parts.push(items.slice(at, at + ROWS_PER_STATEMENT));
  }
  return parts;
}

import { type NewAgreement } from '@app/hub';
import { agreementBetween, agreementStoreBehaviour, at } from '@app/testkit';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

agreementStoreBehaviour('PostgreSQL', async () => {
  const store = await storeOn(database.url);
  const end = async (): Promise<void> => {
    await store.close();
    await sql(database.url, 'TRUNCATE agreements, idempotency_keys');
  };
  return { agreements: store.agreements, changes: store.changes, end };
});

describe('agreements on PostgreSQL, in large numbers', () => {
  const many = (count: number): NewAgreement[] =>
    Array.from({ length: count }, (_, n) => agreementBetween({ modules: [`module${n}`] }));

  test('an import that fails at its last row leaves nothing behind', async () => {
    const store = await storeOn(database.url);
    const broken = agreementBetween({ effect: 'perhaps' as 'allow' });
    await expect(store.agreements.importAll([...many(1_500), broken], at(1))).rejects.toThrow('effect');
    expect(await store.agreements.loadAll()).toEqual([]);
    await store.close();
  });

  test('10,000 are imported in a few seconds, and the second time none', async () => {
    const store = await storeOn(database.url);
    const all = many(10_000);
    const started = performance.now();
    const made = await store.agreements.importAll(all, at(1));
    expect(new Set(made.map(({ outcome }) => outcome))).toEqual(new Set(['add']));
    const there = made.map((one) => ({ ...one, outcome: 'unchanged' }));
    expect(await store.agreements.previewImport(all)).toEqual(there);
    expect(await store.agreements.importAll(all, at(2))).toEqual(there);
    expect(performance.now() - started).toBeLessThan(15_000);
    await store.close();
  });
});

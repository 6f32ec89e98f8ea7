import { randomBytes } from 'node:crypto';
import { type OwnedId, type OwnerIndex } from '@app/hub';
import { DataSource } from 'typeorm';
import { eventually, ownerFact, ownerIndexBehaviour } from '../../../testkit/src/twin';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { KeptLog, sql } from '../../../../test/support/store';
import { SCHEMA } from '../data-source';
import { OwnerCache } from './owner-cache';
import { PostgresOwnerIndex } from './owner-index';
import { OWNER_LIMITS, type OwnerLimits } from './owner-limits';
import { purgeOwners, rowKeys } from './owner-rows';

const KEY = randomBytes(32);
const QUICK: OwnerLimits = { ...OWNER_LIMITS, gatherMs: 10, freshMs: 50 };

let database: FreshDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await new DataSource({ ...SCHEMA, url: database.url }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => sql(database.url, 'TRUNCATE object_owners'));

const open = (limits: Partial<OwnerLimits> = {}, from = dataSource): PostgresOwnerIndex =>
  new PostgresOwnerIndex(from, rowKeys(KEY), new KeptLog(), { ...QUICK, ...limits });

ownerIndexBehaviour('PostgreSQL', async () => {
  await sql(database.url, 'TRUNCATE object_owners');
  const [owners, other] = [open(), open()];
  return { owners, other, end: async () => void (await Promise.all([owners.close(), other.close()])) };
});

const location = (id: string): OwnedId => ({ kind: 'location', scope: undefined, type: '', id });

async function ids(): Promise<string[]> {
  const text = 'SELECT object_id AS id FROM object_owners ORDER BY last_seen, object_id';
  return (await sql<{ id: string }>(database.url, text)).map(({ id }) => id);
}

/** One fact after the other, each written before the next. */
async function learnInOrder(owners: OwnerIndex, names: readonly string[]): Promise<void> {
  for (const id of names) {
    owners.learn([ownerFact({ id })]);
    await eventually(async () => (await ids()).includes(id));
  }
}

describe('the owner index on PostgreSQL', () => {
  test('survives a restart', async () => {
    const before = open();
    before.learn([ownerFact({ id: 'KEPT' })]);
    await before.close();
    const after = open();
    expect(await after.ownersOf(location('KEPT'))).toEqual([{ countryCode: 'NL', partyId: 'ALF' }]);
    await after.close();
  });

  test('writes down a keyed hash of a token uid, never the uid, and another key leads nowhere', async () => {
    const token: OwnedId = { kind: 'token', scope: undefined, type: 'RFID', id: '04E5F1A2B3' };
    const owners = open();
    owners.learn([ownerFact(token)]);
    await owners.close();
    const dump = JSON.stringify(await sql(database.url, 'SELECT * FROM object_owners'));
    expect(dump).not.toContain('04E5F1A2B3');
    expect(dump).toMatch(/"object_id":"[\w-]{43}"/);
    const stranger = new PostgresOwnerIndex(dataSource, rowKeys(randomBytes(32)), new KeptLog(), QUICK);
    expect(await stranger.ownersOf(token)).toEqual([]);
    expect(await open().ownersOf(token)).toHaveLength(1);
  });

  test('never has more rows than its bound for long: those not seen for longest go', async () => {
    const owners = open({ maxRows: 5 });
    await learnInOrder(owners, ['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    await owners.close();
    expect(await ids()).toEqual(['C', 'D', 'E', 'F', 'G']);
  });

  test('a process that starts on a table above the bound brings it back', async () => {
    await sql(
      database.url,
      `INSERT INTO object_owners SELECT 'location', '', 'OLD' || n, 'NL*ALF', now() - n * interval '1 day'
       FROM generate_series(1, 500) AS n`,
    );
    const owners = open({ maxRows: 200 });
    owners.learn([ownerFact({ id: 'NEW' })]);
    await eventually(async () => (await ids()).length === 200);
    expect((await ids()).at(-1)).toBe('NEW');
    expect((await ids())[0]).toBe('OLD199');
    await owners.close();
  });

  test('two that purge at once remove no more than is too many', async () => {
    await sql(
      database.url,
      "INSERT INTO object_owners SELECT 'location', '', n::text, 'NL*ALF', now() FROM generate_series(1, 3000) AS n",
    );
    await Promise.all([1, 2, 3].map(() => purgeOwners(dataSource, 1_000)));
    expect(await ids()).toHaveLength(1_000);
  });

  test('what it saw written lately is not written again', async () => {
    const owners = open();
    await learnInOrder(owners, ['SAME']);
    const [before] = await sql(database.url, 'SELECT xmin::text AS version FROM object_owners');
    for (let n = 0; n < 100; n++) owners.learn([ownerFact({ id: 'SAME' })]);
    await owners.close();
    expect(await sql(database.url, 'SELECT xmin::text AS version FROM object_owners')).toEqual([before]);
  });

  test('takes no more facts than fit in its buffer, counts the others, and learns those when they come again', async () => {
    const owners = open({ maxWaiting: 10, gatherMs: 100 });
    for (let n = 0; n < 25; n++) owners.learn([ownerFact({ id: `N${n}` })]);
    expect(owners.dropped).toBe(15);
    await eventually(async () => (await ids()).length === 10);
    owners.learn([ownerFact({ id: 'N24' })]);
    await eventually(async () => (await ids()).length === 11);
    await owners.close();
  });

  test('routers that learn the same thousands of ids in opposite orders write each once', async () => {
    const names = Array.from({ length: 3_000 }, (_, n) => ownerFact({ id: `P${n}` }));
    const routers = [open(), open()];
    routers[0]!.learn(names);
    routers[1]!.learn(names.toReversed());
    await Promise.all(routers.map((router) => router.close()));
    expect(await ids()).toHaveLength(3_000);
    expect(routers.map((router) => router.dropped)).toEqual([0, 0]);
  });

  test('without its database it answers what it knows, and says so when it knows nothing', async () => {
    const gone = await new DataSource({ ...SCHEMA, url: database.url }).initialize();
    const owners = open({}, gone);
    await gone.destroy();
    owners.learn([ownerFact({ id: 'HERE' })]);
    expect(await owners.ownersOf(location('HERE'))).toHaveLength(1);
    await expect(owners.ownersOf(location('THERE'))).rejects.toThrow();
    await owners.close();
    expect(owners.dropped).toBe(1);
  });
});

describe('the cache before it', () => {
  test('holds no more ids than its bound, and forgets the one not used for longest', () => {
    const cache = new OwnerCache(3);
    const row = (id: string) => ({ kind: 'location', scope: '', object_id: id });
    for (const id of ['A', 'B', 'C']) cache.entry(row(id)).readAt = 1;
    cache.entry(row('A'));
    cache.entry(row('D'));
    expect(cache.size).toBe(3);
    expect(cache.entry(row('A')).readAt).toBe(1);
    expect(cache.entry(row('B')).readAt).toBe(0);
  });
});

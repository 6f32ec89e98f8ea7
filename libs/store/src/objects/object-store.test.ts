import { type ObjectChange, type ObjectOwner } from '@app/hub';
import { type Store } from '@app/store';
import { at, createdPlatform, objectStoreBehaviour } from '../../../testkit/src/twin';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';
import { pageQuery } from './object-query';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

objectStoreBehaviour('PostgreSQL', opened);

async function opened() {
  const store: Store = await storeOn(database.url);
  const { id: platformId } = await createdPlatform(store.platforms);
  const { id: otherId } = await createdPlatform(store.platforms);
  const end = async (): Promise<void> => {
    await store.close();
    await sql(database.url, 'TRUNCATE platforms CASCADE');
  };
  return { objects: store.objects, sync: store.sync, platformId, otherId, end };
}

describe('objects in PostgreSQL', () => {
  let world: Awaited<ReturnType<typeof opened>>;
  beforeEach(async () => (world = await opened()));
  afterEach(() => world.end());

  const put = (id: string, more: Partial<ObjectChange> = {}): ObjectChange => ({
    ...{ key: { module: 'locations', owner: 'NL*CPO', id, type: '' }, platformId: world.platformId },
    ...{ method: 'PUT', part: [], body: Buffer.from(`{"id":"${id}"}`), receivedAt: at(0) },
    ...more,
  });
  const owned = (...owners: string[]) => owners.map((owner) => ({ platformId: world.platformId, owner }));
  const filter = () => ({ module: 'locations', owners: owned('NL*CPO') });

  test('patches of one object at the same moment are all in it', async () => {
    await world.objects.apply(put('L1'));
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    await Promise.all(
      names.map((name) =>
        world.objects.apply(put('L1', { method: 'PATCH', body: Buffer.from(`{"${name}":1}`) })),
      ),
    );
    const { bodies } = await world.objects.page({
      ...filter(),
      after: 0,
      offset: 0,
      limit: 9,
      maxBytes: 9_999,
    });
    expect(Object.keys(JSON.parse(bodies[0]!.toString()) as object).sort()).toEqual(['id', ...names].sort());
  });

  test('counts stay right when many objects come and go at the same moment', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `L${index}`);
    await Promise.all(ids.map((id) => world.objects.apply(put(id))));
    const gone = ids.slice(0, 10);
    const deletion = { method: 'DELETE', body: null, receivedAt: at(1) } as const;
    await Promise.all([...gone, ...gone].map((id) => world.objects.apply(put(id, deletion))));
    expect(await world.objects.count(filter())).toBe(20);
    await world.sync.forget([world.platformId]);
    expect(await world.objects.count(filter())).toBe(0);
  });

  test('page 1,000 of 100,000 locations costs the database no more than page 1', async () => {
    await sql(
      database.url,
      `INSERT INTO objects (module, object_id, type, owner, platform_id, seq, last_updated, seen_at, body)
       SELECT 'locations', 'L' || n, '', CASE n % 3 WHEN 0 THEN 'NL*CPO' WHEN 1 THEN 'DE*CPO' ELSE 'FR*CPO' END,
         $1, n, now(), now(), convert_to('{"id":"L' || n || '","x":"' || repeat('y', 200) || '"}', 'UTF8')
       FROM generate_series(1, 100000) AS n`,
      [world.platformId],
    );
    await sql(database.url, 'VACUUM (ANALYZE) objects');
    const owners = owned('NL*CPO', 'DE*CPO', 'FR*CPO');
    const [first, last] = [await costOf(owners, 0), await costOf(owners, 99_900)];
    expect(last).toBeLessThanOrEqual(1.5 * first);
    expect(first).toBeLessThan(1_000);
    expect(await world.objects.count({ module: 'locations', owners })).toBe(100_000);
  });

  /** Blocks of 8 kB that a page of 100 objects touches. */
  async function costOf(owners: readonly ObjectOwner[], after: number): Promise<number> {
    const page = { module: 'locations', owners, after, offset: 0, limit: 100, maxBytes: 1_000_000 };
    const { text, values } = pageQuery(page);
    const [row] = await sql<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      database.url,
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    const plan = row!['QUERY PLAN'][0].Plan;
    return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
  }
});

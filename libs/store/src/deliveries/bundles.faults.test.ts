/** Bundles on a real PostgreSQL that nobody takes, whose worker dies, or that the database cannot spread. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { sql } from '../../../../test/support/store';
import { BundleBench, LEASE_MS, MANY, partiesOf } from './bundles.fixture';

const bench = new BundleBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());
beforeEach(() => bench.clear());

describe('bundles that nobody took', () => {
  const BACKLOG = 12;
  /** As the table is for most of the time, when its statistics are gathered: pages, and nothing in them. */
  beforeEach(async () => {
    const { bundles } = await bench.accept(bench.legs(MANY), 'PUT', '/NL/CPO/L0');
    const [leg] = await bench.take(bundles[0]!);
    await bench.store.deliveries.release(leg!);
    await sql(bench.url, 'ANALYZE delivery_bundles');
    await sql(bench.url, 'TRUNCATE deliveries');
    for (let n = 1; n <= BACKLOG; n++) await bench.accept(bench.legs(MANY), 'PUT', `/NL/CPO/L${n}`);
  });

  test('are taken over by so many legs, in the order of their age', async () => {
    const first = await bench.store.deliveries.takeForgotten(0, 3 * MANY, LEASE_MS);
    expect(first).toHaveLength(3 * MANY);
    expect(new Set(first.map(({ push }) => push.rest))).toEqual(
      new Set(['/NL/CPO/L1', '/NL/CPO/L2', '/NL/CPO/L3']),
    );
    expect(await bench.store.deliveries.takeForgotten(0, 1_000, LEASE_MS)).toHaveLength((BACKLOG - 3) * MANY);
  });

  test('are ended by so many legs once they are over their age, until none is left', async () => {
    await sql(
      bench.url,
      `UPDATE delivery_bundles SET expires_at = now() - interval '1 ms', created_at = created_at - interval '1 minute'`,
    );
    const limit = 3 * MANY;
    for (let ended = 0; ended < BACKLOG * MANY; ended += limit) {
      const left = await sql<{ legs: number }>(
        bench.url,
        'SELECT sum(leg_count)::int AS legs FROM delivery_bundles',
      );
      expect(left).toEqual([{ legs: BACKLOG * MANY - ended }]);
      expect(await bench.store.deliveries.expire(limit)).toBe(limit);
    }
    expect(await bench.store.deliveries.expire(limit)).toBe(0);
    expect(await bench.states()).toEqual({ dead: BACKLOG * MANY });
  });
});

test('a bundle whose wake-up was lost is found, and given to one', async () => {
  await bench.accept(bench.legs(MANY));
  expect(await bench.store.deliveries.takeForgotten(60_000, 10, LEASE_MS)).toEqual([]);
  expect(await bench.store.deliveries.takeForgotten(0, 10, LEASE_MS)).toHaveLength(MANY);
  expect(await bench.store.deliveries.takeForgotten(0, 10, LEASE_MS)).toEqual([]);
});

test('what is ended while its bundle is being spread is ended when that is done', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const client = new Client({ connectionString: bench.url });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE deliveries IN SHARE MODE');
  const [leg] = await bench.take(bundles[0]!);
  const settled = bench.store.deliveries.settle(leg!, { state: 'delivered' });
  const later = new Promise((resolve) => setTimeout(resolve, 200, 'later'));
  expect(await Promise.race([settled, later])).toBe('later');
  await client.query('COMMIT');
  await client.end();
  expect(await settled).toBe(false);
  expect(await bench.states()).toEqual({ delivered: 1, waiting: MANY - 1 });
});

test('a bundle that the database could not spread is spread when the next of its legs ends', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  await sql(bench.url, 'ALTER TABLE deliveries RENAME TO deliveries_away');
  const [leg] = await bench.take(bundles[0]!);
  await expect(bench.store.deliveries.settle(leg!, { state: 'delivered' })).rejects.toThrow('deliveries');
  await sql(bench.url, 'ALTER TABLE deliveries_away RENAME TO deliveries');
  expect(await bench.store.deliveries.settle(leg!, { state: 'delivered' })).toBe(false);
  expect(await bench.states()).toEqual({ delivered: 1, waiting: MANY - 1 });
});

test('a bundle whose worker died before it was spread is given to another, and the first ends nothing of it', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const lost = randomUUID();
  const taken = `UPDATE delivery_bundles SET lease_id = $1, lease_until = now() + interval '1 minute'`;
  await sql(bench.url, taken, [lost]);
  expect(await bench.take(bundles[0]!)).toEqual([]);
  expect(await bench.store.deliveries.takeForgotten(0, MANY, LEASE_MS)).toEqual([]);
  await sql(bench.url, `UPDATE delivery_bundles SET lease_until = now() - interval '1 ms'`);
  const legs = await bench.store.deliveries.takeForgotten(60_000, MANY, LEASE_MS);
  expect(partiesOf(legs)).toEqual(partiesOf(bench.legs(MANY)));
  await bench.store.deliveries.settle(legs[0]!, { state: 'delivered' });
  await bench.store.deliveries.settle({ ...legs[1]!, leaseId: lost }, { state: 'delivered' });
  expect(await bench.states()).toEqual({ delivered: 1, waiting: MANY - 1 });
});

test('a bundle is over its age as a leg is', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  await sql(bench.url, `UPDATE delivery_bundles SET expires_at = now() - interval '1 ms'`);
  expect(await bench.take(bundles[0]!)).toEqual([]);
  expect(await bench.store.deliveries.takeForgotten(0, 10, LEASE_MS)).toEqual([]);
  await sql(bench.url, `UPDATE delivery_bundles SET created_at = created_at - interval '1 minute'`);
  expect(await bench.store.deliveries.expire(1_000)).toBe(MANY);
  expect(await bench.states()).toEqual({ dead: MANY });
});

test('a push whose legs all wait in a bundle is no orphan', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  await sql(bench.url, `UPDATE pushes SET created_at = now() - interval '2 hours'`);
  expect(await bench.store.deliveries.purge(1_000)).toBe(0);
  expect(await bench.take(bundles[0]!)).toHaveLength(MANY);
});

test('a bundle that nobody took in time is leased leg by leg, once it is spread', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const [leg] = await bench.take(bundles[0]!);
  await bench.store.deliveries.release(leg!);
  await sql(bench.url, `UPDATE deliveries SET lease_until = now() - interval '1 ms'`);
  const { data } = await bench.store.deliveries.overdue(0, { cursor: null, limit: MANY });
  expect(data).toHaveLength(MANY);
  expect((await bench.store.deliveries.lease(data[0]!, LEASE_MS)).leg).toBeDefined();
  expect(await bench.take(bundles[0]!)).toEqual([]);
});

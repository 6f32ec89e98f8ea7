/** Bundles on a real PostgreSQL: many legs that one worker takes over together. */
import { randomUUID } from 'node:crypto';
import { type DueLegs, type Leg, type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type Store } from '@app/store';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

const LEASE_MS = 10_000;
/** The fewest legs that are bundled. */
const MANY = 20;

let database: FreshDatabase;
let store: Store;
let platforms: string[];
beforeAll(async () => {
  database = await freshDatabase();
  store = await storeOn(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});
beforeEach(async () => {
  await sql(
    database.url,
    'TRUNCATE platforms, deliveries, pushes, delivery_receivers, delivery_bundles CASCADE',
  );
  platforms = [await connected(), await connected()];
});

async function connected(): Promise<string> {
  const given = { name: 'a', plannedParties: [], tokenAHash: randomUUID() };
  const created = await store.platforms.create(given, new Date());
  if (created.outcome !== 'done') throw new Error(created.outcome);
  await sql(database.url, `UPDATE platforms SET status = 'CONNECTED' WHERE id = $1`, [created.platform.id]);
  return created.platform.id;
}

/** So many legs, by turns to the two platforms. */
const legsOf = (count: number): Leg[] =>
  Array.from({ length: count }, (_, n) => ({
    platformId: platforms[n % 2]!,
    party: { countryCode: 'NL', partyId: String(n).padStart(3, '0') },
  }));

function accept(legs: readonly Leg[], method = 'PUT', rest = '/NL/CPO/L1'): Promise<DueLegs> {
  const push = {
    ...{ id: randomUUID(), routing: 'hub', module: 'locations', method, rest, query: '', headers: [] },
    ...{ body: Buffer.from('{ "v": 1.00 }'), object: pushedObject('locations', rest), version: '2.2.1' },
    ...{ requestId: 'r', correlationId: 'c', from: null, maxAgeSeconds: 60 },
  } as OutgoingPush;
  return store.outbox.accept(push, legs, { leaseMs: LEASE_MS });
}

const states = async (): Promise<Record<string, number>> => {
  const rows = await sql<{ state: string; legs: number }>(
    database.url,
    'SELECT state, count(*)::int AS legs FROM deliveries GROUP BY state',
  );
  return Object.fromEntries(rows.map(({ state, legs }) => [state, legs]));
};

const partiesOf = (legs: readonly { readonly party: Leg['party'] }[]): string[] =>
  legs.map(({ party }) => party!.partyId).sort();

test('a bundle gives all its legs with their push, leased for longer than an attempt takes', async () => {
  const { bundles, lines } = await accept(legsOf(MANY));
  expect(lines).toEqual([]);
  const legs = await store.deliveries.take(bundles[0]!);
  expect(partiesOf(legs)).toEqual(partiesOf(legsOf(MANY)));
  for (const { leasedUntil, push, attempts } of legs) {
    expect(leasedUntil - performance.now()).toBeGreaterThan(LEASE_MS);
    expect([push.rest, attempts, Buffer.from(push.body!).toString()]).toEqual([
      '/NL/CPO/L1',
      0,
      '{ "v": 1.00 }',
    ]);
  }
});

test('a push to more than five hundred is several bundles, each leg in one of them', async () => {
  const { bundles } = await accept(legsOf(900));
  expect(bundles).toHaveLength(2);
  const taken = await Promise.all(bundles.map((bundle) => store.deliveries.take(bundle)));
  expect(taken.map(({ length }) => length).sort()).toEqual([400, 500]);
  expect(partiesOf(taken.flat())).toEqual(partiesOf(legsOf(900)));
});

test('of many who ask for a bundle at once, one gets it', async () => {
  const { bundles } = await accept(legsOf(MANY));
  const other = await storeOn(database.url);
  const taken = await Promise.all(
    [store, other].flatMap(({ deliveries }) => [1, 2, 3].map(() => deliveries.take(bundles[0]!))),
  );
  await other.close();
  expect(taken.map(({ length }) => length).sort((a, b) => b - a)).toEqual([MANY, 0, 0, 0, 0, 0]);
});

test('few legs are leased each', async () => {
  const { bundles, lines } = await accept(legsOf(MANY - 1));
  expect([bundles.length, lines.length]).toEqual([0, MANY - 1]);
  expect((await store.deliveries.lease(lines[0]!, LEASE_MS)).leg).toBeDefined();
});

test('a leg of a bundle is for nobody else until it is settled, or given back as it was', async () => {
  const { bundles } = await accept(legsOf(MANY));
  const [sent, kept] = await store.deliveries.take(bundles[0]!);
  expect(await store.deliveries.lease(sent!, LEASE_MS)).toEqual({ dueInMs: 1_000 });
  expect(await store.deliveries.settle(sent!, { state: 'delivered' })).toBe(false);
  await store.deliveries.release(kept!);
  expect((await store.deliveries.lease(kept!, LEASE_MS)).leg).toMatchObject({ id: kept!.id, attempts: 0 });
});

test('a leg whose line has one that is under way is in no bundle, and waits behind it', async () => {
  const [first] = legsOf(1);
  const { lines } = await accept([first!], 'PATCH');
  const { leg: leased } = await store.deliveries.lease(lines[0]!, LEASE_MS);
  const next = await accept(legsOf(MANY + 1), 'PATCH');
  expect(next.lines).toEqual(lines);
  expect(await store.deliveries.take(next.bundles[0]!)).toHaveLength(MANY);
  expect(await store.deliveries.settle(leased!, { state: 'delivered' })).toBe(true);
});

test('a newer PUT replaces what waits in a bundle, and frees the rest of the bundle', async () => {
  const { bundles } = await accept(legsOf(MANY + 3));
  const newer = await accept(legsOf(MANY));
  expect(await store.deliveries.take(bundles[0]!)).toEqual([]);
  expect(await states()).toEqual({ replaced: MANY, waiting: MANY + 3 });
  const woken = new Set(newer.lines.map(({ line }) => line));
  expect([newer.bundles.length, woken.size]).toEqual([0, MANY + 3]);
  const leased = await Promise.all([...newer.lines].map((line) => store.deliveries.lease(line, LEASE_MS)));
  expect(leased.filter(({ leg }) => leg)).toHaveLength(MANY + 3);
});

test('a newer PUT leaves a bundle alone that somebody has taken', async () => {
  const { bundles } = await accept(legsOf(MANY));
  await store.deliveries.take(bundles[0]!);
  const newer = await accept(legsOf(MANY));
  expect(await states()).toEqual({ waiting: 2 * MANY });
  expect(newer.bundles).toEqual([]);
  expect(await store.deliveries.lease(newer.lines[0]!, LEASE_MS)).toEqual({ dueInMs: 1_000 });
});

test('what a receiver that is paused has in a bundle waits until it is resumed', async () => {
  const { bundles } = await accept(legsOf(MANY));
  await store.deliveryArchive.pause(platforms[0]!);
  expect(await store.deliveries.take(bundles[0]!)).toEqual([]);
  const overdue = await store.deliveries.overdue(0, { cursor: null, limit: MANY });
  expect(new Set(overdue.data.map(({ platformId }) => platformId))).toEqual(new Set([platforms[1]]));
  expect(await store.deliveryArchive.resume(platforms[0]!)).toHaveLength(MANY / 2);
});

test('what cannot be sent now is in no bundle', async () => {
  await sql(database.url, `UPDATE platforms SET status = 'OFFLINE' WHERE id = $1`, [platforms[0]]);
  const { bundles } = await accept(legsOf(2 * MANY));
  const legs = await store.deliveries.take(bundles[0]!);
  expect(new Set(legs.map(({ platformId }) => platformId))).toEqual(new Set([platforms[1]]));
});

test('a bundle whose wake-up was lost is found, and given to one', async () => {
  await accept(legsOf(MANY));
  expect(await store.deliveries.takeForgotten(60_000, 10)).toEqual([]);
  expect(await store.deliveries.takeForgotten(0, 10)).toHaveLength(MANY);
  expect(await store.deliveries.takeForgotten(0, 10)).toEqual([]);
});

test('a bundle that nobody took in time is leased leg by leg', async () => {
  const { bundles } = await accept(legsOf(MANY));
  await sql(database.url, `UPDATE deliveries SET lease_until = now() - interval '1 ms'`);
  const { data } = await store.deliveries.overdue(0, { cursor: null, limit: MANY });
  expect((await store.deliveries.lease(data[0]!, LEASE_MS)).leg).toBeDefined();
  expect(await store.deliveries.take(bundles[0]!)).toEqual([]);
});

/** Bundles on a real PostgreSQL: many legs of one push in one row, until a worker takes them over. */
import { sql, storeOn } from '../../../../test/support/store';
import { until } from '../../../../test/support/waiting';
import { BundleBench, LEASE_MS, MANY, partiesOf } from './bundles.fixture';

const bench = new BundleBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());
beforeEach(() => bench.clear());

test('a bundle gives all its legs with their push, leased for longer than an attempt takes', async () => {
  const { bundles, lines } = await bench.accept(bench.legs(MANY));
  expect(lines).toEqual([]);
  const legs = await bench.take(bundles[0]!);
  expect(partiesOf(legs)).toEqual(partiesOf(bench.legs(MANY)));
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
  const { bundles } = await bench.accept(bench.legs(900));
  expect(bundles).toHaveLength(2);
  const taken = await Promise.all(bundles.map((bundle) => bench.take(bundle)));
  expect(taken.map(({ length }) => length).sort()).toEqual([400, 500]);
  expect(partiesOf(taken.flat())).toEqual(partiesOf(bench.legs(900)));
});

test('of many who ask for a bundle at once, one gets it', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const other = await storeOn(bench.url);
  const taken = await Promise.all(
    [bench.store, other].flatMap((each) => [1, 2, 3].map(() => bench.take(bundles[0]!, each))),
  );
  await other.close();
  expect(taken.map(({ length }) => length).sort((a, b) => b - a)).toEqual([MANY, 0, 0, 0, 0, 0]);
});

test('few legs are leased each', async () => {
  const { bundles, lines } = await bench.accept(bench.legs(MANY - 1));
  expect([bundles.length, lines.length]).toEqual([0, MANY - 1]);
  expect((await bench.store.deliveries.lease(lines[0]!, LEASE_MS)).leg).toBeDefined();
});

test('a leg of a bundle is for nobody else until it is settled, or given back as it was', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const [sent, kept] = await bench.take(bundles[0]!);
  await bench.store.deliveries.release(kept!);
  expect(await bench.store.deliveries.lease(sent!, LEASE_MS)).toEqual({ dueInMs: 1_000 });
  expect(await bench.store.deliveries.settle(sent!, { state: 'delivered' })).toBe(false);
  expect((await bench.store.deliveries.lease(kept!, LEASE_MS)).leg).toMatchObject({
    id: kept!.id,
    attempts: 0,
  });
});

test('a leg whose line has one that is under way is in no bundle, and waits behind it', async () => {
  const [first] = bench.legs(1);
  const { lines } = await bench.accept([first!], 'PATCH');
  const { leg: leased } = await bench.store.deliveries.lease(lines[0]!, LEASE_MS);
  const next = await bench.accept(bench.legs(MANY + 1), 'PATCH');
  expect(next.lines).toEqual(lines);
  expect(await bench.take(next.bundles[0]!)).toHaveLength(MANY);
  expect(await bench.store.deliveries.settle(leased!, { state: 'delivered' })).toBe(true);
});

test('a newer PUT replaces what waits in a bundle, and frees the rest of the bundle', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY + 3));
  const newer = await bench.accept(bench.legs(MANY));
  expect(await bench.take(bundles[0]!)).toEqual([]);
  expect(await bench.states()).toEqual({ replaced: MANY, waiting: MANY + 3 });
  const woken = new Set(newer.lines.map(({ line }) => line));
  expect([newer.bundles.length, woken.size]).toEqual([0, MANY + 3]);
  const leased = await Promise.all(
    [...newer.lines].map((line) => bench.store.deliveries.lease(line, LEASE_MS)),
  );
  expect(leased.filter(({ leg }) => leg)).toHaveLength(MANY + 3);
});

test('a newer PUT leaves a bundle alone that somebody has taken', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  await bench.take(bundles[0]!);
  const newer = await bench.accept(bench.legs(MANY));
  expect(await bench.states()).toEqual({ waiting: 2 * MANY });
  expect(newer.bundles).toEqual([]);
  expect(await bench.store.deliveries.lease(newer.lines[0]!, LEASE_MS)).toEqual({ dueInMs: 1_000 });
});

test('what a receiver that is paused has in a bundle waits until it is resumed, and the others have theirs', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  await bench.store.deliveryArchive.pause(bench.platforms[0]!);
  const legs = await bench.take(bundles[0]!);
  expect(legs).toHaveLength(MANY / 2);
  expect(new Set(legs.map(({ platformId }) => platformId))).toEqual(new Set([bench.platforms[1]]));
  await until(async () => (await bench.store.deliveries.parkPaused(1_000)) === MANY / 2);
  expect(await bench.store.deliveryArchive.resume(bench.platforms[0]!)).toHaveLength(MANY / 2);
});

test('a bundle that is found again after its receiver was paused gives it nothing', async () => {
  await bench.accept(bench.legs(MANY));
  await bench.store.deliveryArchive.pause(bench.platforms[0]!);
  const legs = await bench.store.deliveries.takeForgotten(0, 1_000, LEASE_MS);
  expect(new Set(legs.map(({ platformId }) => platformId))).toEqual(new Set([bench.platforms[1]]));
});

test('two legs of one line go one after the other, and not in a bundle', async () => {
  const { bundles, lines } = await bench.accept([...bench.legs(MANY), ...bench.legs(1)]);
  expect([bundles.length, lines.length]).toEqual([0, MANY + 1]);
});

test('what cannot be sent now is in no bundle', async () => {
  await sql(bench.url, `UPDATE platforms SET status = 'OFFLINE' WHERE id = $1`, [bench.platforms[0]]);
  const { bundles } = await bench.accept(bench.legs(2 * MANY));
  const legs = await bench.take(bundles[0]!);
  expect(new Set(legs.map(({ platformId }) => platformId))).toEqual(new Set([bench.platforms[1]]));
});

test('what waits in a bundle is shown to the operator and counted, as much as once a worker has it', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const seen = async (): Promise<unknown> => {
    const { data } = await bench.store.deliveryArchive.list(
      { state: 'waiting' },
      { cursor: null, limit: 100 },
    );
    const found = await bench.store.deliveryArchive.find(data[0]!.id);
    return { data, found, waiting: await bench.store.deliveries.countWaiting() };
  };
  const before = await seen();
  expect(before).toMatchObject({ waiting: MANY, found: { object: 'nl/cpo/l1', attempts: 0 } });
  const [leg] = await bench.take(bundles[0]!);
  expect(await seen()).toEqual(before);
  await bench.store.deliveries.release(leg!);
  expect(await seen()).toEqual(before);
});

test("a page of the operator's list goes on where the one before ended, within a bundle", async () => {
  await bench.accept(bench.legs(MANY));
  await bench.accept(bench.legs(MANY), 'PUT', '/NL/CPO/L2');
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await bench.store.deliveryArchive.list(
      { platformId: bench.platforms[0]! },
      { cursor, limit: 7 },
    );
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect([ids.length, new Set(ids).size]).toEqual([MANY, MANY]);
});

test('a leg of a bundle can be discarded by hand, and the others go out', async () => {
  const { bundles } = await bench.accept(bench.legs(MANY));
  const [shown] = (await bench.store.deliveryArchive.list({}, { cursor: null, limit: 1 })).data;
  expect(await bench.store.deliveryArchive.discard(shown!.id)).toMatchObject({ outcome: 'done' });
  expect(await bench.states()).toEqual({ discarded: 1, waiting: MANY - 1 });
  expect(await bench.take(bundles[0]!)).toEqual([]);
});

test('what a platform has in a bundle is discarded when it unregisters, and the others have theirs', async () => {
  await bench.accept(bench.legs(MANY));
  await sql(bench.url, 'UPDATE platforms SET registered_at = now() WHERE id = $1', [bench.platforms[0]]);
  await bench.store.platforms.unregister(bench.platforms[0]!, new Date());
  expect(await bench.states()).toEqual({ discarded: MANY / 2, waiting: MANY / 2 });
});

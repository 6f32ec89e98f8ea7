/** Deliveries on a real PostgreSQL: what the worker and the operator are given. */
import { randomUUID } from 'node:crypto';
import { type Leg, type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type Store } from '@app/store';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

let database: FreshDatabase;
let store: Store;
let leg: Leg;
beforeAll(async () => {
  database = await freshDatabase();
  store = await storeOn(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});
beforeEach(async () => {
  await sql(database.url, 'TRUNCATE platforms, deliveries, pushes, delivery_receivers CASCADE');
  const created = await store.platforms.create(
    { name: 'a', plannedParties: [], tokenAHash: randomUUID() },
    new Date(),
  );
  if (created.outcome !== 'done') throw new Error(created.outcome);
  leg = { platformId: created.platform.id, party: { countryCode: 'NL', partyId: 'AAA' } };
  await become('CONNECTED');
});

const become = (status: string) => sql(database.url, 'UPDATE platforms SET status = $1', [status]);

function push(rest: string, method = 'PUT', more: Partial<OutgoingPush> = {}): OutgoingPush {
  return {
    ...{
      id: randomUUID(),
      routing: 'hub',
      module: 'locations',
      method,
      rest,
      query: '',
      headers: ['A', 'b'],
    },
    ...{ body: Buffer.from('{ "v": 1.00 }'), object: pushedObject('locations', rest), version: '2.2.1' },
    ...{ requestId: 'r', correlationId: 'c', from: null, maxAgeSeconds: 60 },
    ...more,
  } as OutgoingPush;
}

const LEASE_MS = 10_000;
const NOTHING = { lines: [], bundles: [] };
const FIRST = { cursor: null, limit: 10 };

async function accept(rest: string, method = 'PUT', more: Partial<OutgoingPush> = {}) {
  const { lines } = await store.outbox.accept(push(rest, method, more), [leg]);
  return lines[0]!;
}

const states = async (): Promise<string[]> =>
  (await store.deliveryArchive.list({}, { cursor: null, limit: 50 })).data
    .map(({ state }) => state)
    .reverse();

test('a leg comes with its push as it was accepted', async () => {
  const next = await store.deliveries.lease(await accept('/NL/CPO/L1'), LEASE_MS);
  expect(next.leg).toMatchObject({
    party: leg.party,
    attempts: 0,
    push: { rest: '/NL/CPO/L1', method: 'PUT', headers: ['A', 'b'], correlationId: 'c', from: null },
  });
  expect(Buffer.from(next.leg!.push.body!).toString()).toBe('{ "v": 1.00 }');
});

test('a leased leg is not for anybody else, and neither overtaken nor replaced', async () => {
  const line = await accept('/NL/CPO/L1');
  const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
  await accept('/NL/CPO/L1');
  const second = await store.deliveries.lease(line, LEASE_MS);
  expect(second).toEqual({ dueInMs: 1_000 });
  expect(await states()).toEqual(['waiting', 'waiting']);
  expect(await store.deliveries.settle(leased!, { state: 'delivered' })).toBe(true);
  expect((await store.deliveries.lease(line, LEASE_MS)).leg).toBeDefined();
});

test('who ends a leg learns whether more waits in its line', async () => {
  const line = await accept('/NL/CPO/L1', 'PATCH');
  await accept('/NL/CPO/L1', 'PATCH');
  await accept('/NL/CPO/L2', 'PATCH');
  const end = async (): Promise<boolean> => {
    const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
    return store.deliveries.settle(leased!, { state: 'delivered' });
  };
  expect(await end()).toBe(true);
  expect(await end()).toBe(false);
  expect(await store.deliveries.lease(line, LEASE_MS)).toEqual({ dueInMs: null });
});

test('of many who ask for one line at once, one gets the leg', async () => {
  const line = await accept('/NL/CPO/L1');
  const other = await storeOn(database.url);
  const asked = await Promise.all(
    [store, other].flatMap(({ deliveries }) => [1, 2, 3].map(() => deliveries.lease(line, LEASE_MS))),
  );
  await other.close();
  expect(asked.filter((next) => next.leg)).toHaveLength(1);
});

test('a lease that ended gives the leg back, and its old holder can settle nothing', async () => {
  const line = await accept('/NL/CPO/L1');
  const { leg: lost } = await store.deliveries.lease(line, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { leg: again } = await store.deliveries.lease(line, LEASE_MS);
  expect(again?.id).toBe(lost?.id);
  await store.deliveries.settle(lost!, { state: 'dead', error: 'http_400' });
  expect(await states()).toEqual(['waiting']);
});

test('a failed PUT that a newer one covers is not sent again, and its wait holds for the newer one', async () => {
  const line = await accept('/NL/CPO/L1/E1');
  const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
  await accept('/NL/CPO/L1');
  await store.deliveries.settle(leased!, { state: 'waiting', error: 'http_500', retryInMs: 5_000 });
  const next = await store.deliveries.lease(line, LEASE_MS);
  expect(next.leg === undefined && next.dueInMs).toBeGreaterThan(4_000);
  expect(await states()).toEqual(['replaced', 'waiting']);
});

test.each([
  ['PUT', 'PUT', ['replaced', 'waiting']],
  ['PATCH', 'PUT', ['replaced', 'waiting']],
  ['PUT', 'PATCH', ['waiting', 'waiting']],
  ['PATCH', 'PATCH', ['waiting', 'waiting']],
  ['POST', 'PUT', ['waiting', 'waiting']],
  ['PUT', 'DELETE', ['waiting', 'waiting']],
])('%s and then %s of one path: %j', async (first, second, expected) => {
  await accept('/NL/CPO/L1', first);
  await accept('/nl/cpo/l1', second);
  expect(await states()).toEqual(expected);
});

test('a PUT of a part replaces neither the whole nor another part', async () => {
  for (const rest of ['/NL/CPO/L1', '/NL/CPO/L1/E2', '/NL/CPO/L1/E12', '/NL/CPO/L1/E1']) await accept(rest);
  expect(await states()).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
});

test('a receiver that is paused gets nothing until it is resumed', async () => {
  await accept('/NL/CPO/L1');
  await store.deliveryArchive.pause(leg.platformId);
  expect(await store.outbox.accept(push('/NL/CPO/L2'), [leg])).toEqual(NOTHING);
  expect(await store.deliveries.unpark(10)).toEqual([]);
  expect((await store.deliveryArchive.receivers(FIRST)).data).toMatchObject([
    { platformId: leg.platformId, resyncSince: null },
  ]);
  expect(await store.deliveryArchive.resume(leg.platformId)).toHaveLength(2);
  expect((await store.deliveryArchive.receivers(FIRST)).data).toEqual([]);
});

test('what waits for a receiver is let go when it is CONNECTED', async () => {
  await become('OFFLINE');
  expect(await store.outbox.accept(push('/NL/CPO/L1'), [leg])).toEqual(NOTHING);
  expect(await store.deliveries.unpark(10)).toEqual([]);
  await become('CONNECTED');
  expect(await store.deliveries.unpark(10)).toHaveLength(1);
});

test('a dead leg can be sent again by hand, unless a newer state was accepted since', async () => {
  const kill = async (rest: string): Promise<string> => {
    const line = await accept(rest);
    const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
    await store.deliveries.settle(leased!, { state: 'dead', error: 'http_400' });
    return leased!.id;
  };
  const [one, other] = [await kill('/NL/CPO/L1'), await kill('/NL/CPO/L2')];
  await accept('/NL/CPO/L2');
  expect(await store.deliveryArchive.retry(one, 60)).toMatchObject({ outcome: 'done' });
  expect(await store.deliveryArchive.retry(other, 60)).toEqual({ outcome: 'superseded' });
  expect(await store.deliveryArchive.find(one)).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastError: 'http_400',
  });
  expect(await store.deliveryArchive.discard(one)).toMatchObject({ outcome: 'done' });
  expect(await store.deliveryArchive.discard(one)).toEqual({ outcome: 'wrong_state', state: 'discarded' });
  expect(await store.deliveryArchive.retry(randomUUID(), 60)).toEqual({ outcome: 'not_found' });
});

test('pages of the list neither repeat nor skip, although all legs of a push are of one moment', async () => {
  const legs = Array.from({ length: 25 }, (_, n) => ({
    platformId: leg.platformId,
    party: { countryCode: 'NL', partyId: String(n).padStart(3, '0') },
  }));
  await store.outbox.accept(push('/NL/CPO/L1'), legs);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.deliveryArchive.list(
      { state: 'waiting', module: 'locations' },
      { cursor, limit: 7 },
    );
    seen.push(...page.data.map(({ receiver }) => receiver!));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen.sort()).toEqual(legs.map(({ party }) => `NL*${party.partyId}`));
});

test('overdue lines are found page by page, however many are of one moment', async () => {
  const legs = Array.from({ length: 9 }, (_, n) => ({
    platformId: leg.platformId,
    party: { countryCode: 'NL', partyId: `00${n}` },
  }));
  await store.outbox.accept(push('/NL/CPO/L1'), legs);
  const first = await store.deliveries.overdue(0, { cursor: null, limit: 5 });
  const second = await store.deliveries.overdue(0, { cursor: first.nextCursor, limit: 5 });
  expect(new Set([...first.data, ...second.data].map(({ line }) => line)).size).toBe(9);
  expect(second.nextCursor).toBeNull();
});

test('a push without receivers leaves nothing behind', async () => {
  expect(await store.outbox.accept(push('/NL/CPO/L1'), [])).toEqual(NOTHING);
  expect(await sql(database.url, 'SELECT FROM pushes')).toEqual([]);
});

test('what is over is kept a day, dead legs a month, and bodies as long as a leg refers to them', async () => {
  const end = async (rest: string, state: 'delivered' | 'dead'): Promise<void> => {
    const { leg: leased } = await store.deliveries.lease(await accept(rest), LEASE_MS);
    await store.deliveries.settle(leased!, state === 'dead' ? { state, error: 'http_400' } : { state });
  };
  await end('/NL/CPO/L1', 'delivered');
  await end('/NL/CPO/L2', 'dead');
  expect(await store.deliveries.purge(100)).toBe(0);
  const age = (interval: string) =>
    sql(
      database.url,
      `WITH old AS (UPDATE pushes SET created_at = created_at - $1::interval)
       UPDATE deliveries SET created_at = created_at - $1::interval, finished_at = finished_at - $1::interval`,
      [interval],
    );
  await age('25 hours');
  expect(await store.deliveries.purge(100)).toBe(2);
  expect(await states()).toEqual(['dead']);
  await age('30 days');
  await store.deliveries.purge(100);
  expect(await sql(database.url, 'SELECT FROM pushes')).toEqual([]);
});

/** What the operator does to deliveries while they go on, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { type Leg, type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type Store } from '@app/store';
import { Client } from 'pg';
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
  await sql(database.url, `UPDATE platforms SET status = 'CONNECTED'`);
});

function push(rest: string, method = 'PUT'): OutgoingPush {
  return {
    ...{ id: randomUUID(), routing: 'hub', module: 'locations', method, rest, query: '', headers: [] },
    ...{ body: Buffer.from('{ "v": 1.00 }'), object: pushedObject('locations', rest), version: '2.2.1' },
    ...{ requestId: 'r', correlationId: 'c', from: null, maxAgeSeconds: 60 },
  } as OutgoingPush;
}

const LEASE_MS = 10_000;
const FIRST = { cursor: null, limit: 10 };

async function accept(rest: string, method = 'PUT') {
  const { lines } = await store.outbox.accept(push(rest, method), [leg]);
  return lines[0]!;
}

test('a leg that was under way when its receiver was paused is not tried again until it is resumed', async () => {
  const line = await accept('/NL/CPO/L1');
  const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
  await store.deliveryArchive.pause(leg.platformId);
  await store.deliveries.settle(leased!, { state: 'waiting', error: 'http_500', retryInMs: 0 });
  expect(await store.deliveries.lease(line, LEASE_MS)).toEqual({ dueInMs: null });
  expect(await store.deliveries.parkPaused(10)).toBe(1);
  expect((await store.deliveries.overdue(0, FIRST)).data).toEqual([]);
  expect(await store.deliveryArchive.resume(leg.platformId)).toEqual([line]);
  expect((await store.deliveries.lease(line, LEASE_MS)).leg).toMatchObject({ attempts: 1 });
});

test('a leg that is given back by a worker, or sent again by hand, does not go to a paused receiver', async () => {
  const line = await accept('/NL/CPO/L1');
  const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
  await store.deliveryArchive.pause(leg.platformId);
  await store.deliveries.release(leased!);
  expect(await store.deliveries.lease(line, LEASE_MS)).toEqual({ dueInMs: null });
  expect(await store.deliveryArchive.retry(leased!.id, 60)).toMatchObject({ outcome: 'done' });
  expect(await store.deliveries.lease(line, LEASE_MS)).toEqual({ dueInMs: null });
  expect(await store.deliveries.parkPaused(10)).toBe(1);
  expect((await store.deliveries.overdue(0, FIRST)).data).toEqual([]);
  expect(await store.deliveryArchive.resume(leg.platformId)).toEqual([line]);
});

/** Legs of these objects that their receiver refused. */
async function dead(rest: string): Promise<string> {
  const { leg: leased } = await store.deliveries.lease(await accept(rest), LEASE_MS);
  await store.deliveries.settle(leased!, { state: 'dead', error: 'http_400' });
  return leased!.id;
}

test('an object that was deleted since does not come back by hand', async () => {
  const [whole, part, other] = [
    await dead('/NL/CPO/L1'),
    await dead('/NL/CPO/L1/E1'),
    await dead('/NL/CPO/L2'),
  ];
  await accept('/NL/CPO/L1', 'DELETE');
  await accept('/NL/CPO/L2/E1', 'DELETE');
  expect(await store.deliveryArchive.retry(whole!, 60)).toEqual({ outcome: 'superseded' });
  expect(await store.deliveryArchive.retry(part!, 60)).toEqual({ outcome: 'superseded' });
  expect(await store.deliveryArchive.retry(other!, 60)).toMatchObject({ outcome: 'done' });
});

test('a newer state counts also when its transaction began first', async () => {
  const id = await dead('/NL/CPO/L1');
  const line = await accept('/NL/CPO/L1');
  await sql(
    database.url,
    `UPDATE deliveries SET created_at = created_at - interval '2 seconds' WHERE line = $1 AND state = 'waiting'`,
    [line.line],
  );
  expect(await store.deliveryArchive.retry(id, 60)).toEqual({ outcome: 'superseded' });
});

test('a leg that is sent again by hand as a newer PUT is accepted never goes out after or beside it', async () => {
  const parties = Array.from({ length: 30 }, (_, n) => `${n}`.padStart(3, '0'));
  const legs = parties.map((partyId) => ({ ...leg, party: { countryCode: 'NL', partyId } }));
  for (let round = 0; round < 10; round++) {
    const rest = `/NL/CPO/R${round}`;
    const { lines } = await store.outbox.accept(push(rest), legs);
    const ids = await Promise.all(
      lines.map(async (line) => {
        const { leg: leased } = await store.deliveries.lease(line, LEASE_MS);
        await store.deliveries.settle(leased!, { state: 'dead', error: 'http_400' });
        return leased!.id;
      }),
    );
    await Promise.all([
      store.outbox.accept(push(rest), legs, { inBundles: true }),
      ...ids.map((id) => store.deliveryArchive.retry(id, 60)),
    ]);
  }
  const beside = await sql(
    database.url,
    `SELECT line FROM deliveries WHERE state = 'waiting' GROUP BY line HAVING count(*) > 1`,
  );
  expect(beside).toEqual([]);
});

test('whoever accepts, pauses or resumes waits for nobody who has a leg locked', async () => {
  const lines = [await accept('/NL/CPO/L1'), await accept('/NL/CPO/L2')];
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM deliveries WHERE line = $1 FOR UPDATE', [lines[0]!.line]);
  const work = async (): Promise<void> => {
    await store.outbox.accept(push('/NL/CPO/L1'), [leg]);
    await store.deliveryArchive.pause(leg.platformId);
    await store.deliveryArchive.resume(leg.platformId);
  };
  const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'late'));
  expect(await Promise.race([work(), late])).toBeUndefined();
  await client.end();
  const { leg: first } = await store.deliveries.lease(lines[0]!, LEASE_MS);
  expect(await store.deliveries.settle(first!, { state: 'delivered' })).toBe(true);
});

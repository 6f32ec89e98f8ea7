/** What the cache of pushes holds of a process's memory, on a real PostgreSQL: the driver makes the buffers. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DataSource } from 'typeorm';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql } from '../../../../test/support/store';
import { connect, dataSourceFor } from '../connection';
import { PushCache } from './push-cache';

const PUSHES = 5_000;
const BODY_BYTES = 1_300;
/** Pushes that are asked for at the same moment, one by one, as broadcasts come. */
const AT_A_TIME = 10;
/** Small buffers of a process that pass by meanwhile: together they take what is left of a slab. */
const PASSING_BYTES = 1_000;
const PASSING = 8;
const MAX_BYTES = 8 * 1024 * 1024;
/** What the pages themselves take for a moment, and noise of the process. */
const SLACK_BYTES = 6 * 1024 * 1024;
const IDLE_MS = 400;

let database: FreshDatabase;
let dataSource: DataSource;
let ids: string[];

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await connect(dataSourceFor(database.url, 2, {}));
  await sql(
    database.url,
    `INSERT INTO pushes (id, routing, module, method, rest, query, headers, body, object_path, version, request_id,
       correlation_id, created_at)
     SELECT gen_random_uuid(), 'hub', 'locations', 'PUT', '/NL/CPO/L' || n, '', '{Content-Type,application/json}',
       decode(repeat('7b', ${BODY_BYTES}), 'hex'), 'locations/nl/cpo/l' || n, '2.2.1', gen_random_uuid()::text,
       gen_random_uuid()::text, now() FROM generate_series(1, ${PUSHES}) AS n`,
  );
  ids = (await sql<{ id: string }>(database.url, 'SELECT id FROM pushes')).map(({ id }) => id);
}, 60_000);
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory of this process after a collection, buffers outside the heap included. */
async function held(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function readOne(cache: PushCache, id: string): Promise<void> {
  await cache.get([id]);
  for (let n = 0; n < PASSING; n++) Buffer.from('x'.repeat(PASSING_BYTES));
}

async function readAll(cache: PushCache): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_A_TIME)
    await Promise.all(ids.slice(at, at + AT_A_TIME).map((id) => readOne(cache, id)));
}

test('thousands of small pushes hold no more memory than the bound of their cache says', async () => {
  await readAll(new PushCache(dataSource, { maxBytes: 0, idleMs: IDLE_MS }));
  const before = await held();
  const cache = new PushCache(dataSource, { maxBytes: MAX_BYTES, idleMs: 60_000 });
  await readAll(cache);
  expect((await held()) - before).toBeLessThan(MAX_BYTES + SLACK_BYTES);
  expect((await cache.get(ids.slice(-1))).size).toBe(1);
}, 60_000);

test('what no leg was leased of for a while is let go', async () => {
  const before = await held();
  const cache = new PushCache(dataSource, { maxBytes: 2 * MAX_BYTES, idleMs: IDLE_MS });
  await cache.get(ids.slice(0, PUSHES));
  expect((await held()) - before).toBeGreaterThan(PUSHES * BODY_BYTES);
  await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_MS));
  expect((await held()) - before).toBeLessThan(SLACK_BYTES);
  expect((await cache.get(ids.slice(0, 1))).size).toBe(1);
}, 60_000);

import { randomUUID } from 'node:crypto';
import { type MessageFilter } from '@app/hub';
import { Client } from 'pg';
import { DataSource, type Logger } from 'typeorm';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { sql, storeOn } from '../../../test/support/store';
import { SCHEMA } from './data-source';
import { PostgresMessageArchive } from './message-archive';

const ROWS = 100_000;
/** What a page may read, about as much as all that failed: far less than the log. */
const MOST_READ = 2_500;
/** A page may take so long here, in ms. */
const TIMEOUT_MS = 3_000;
const QUIET = randomUUID();

/**
 * A log of 500 platforms. One in a hundred messages failed, an error and a status of which there is one are the oldest,
 * and so is what one platform sent and was sent.
 */
const FILL = `
  INSERT INTO messages (at, id, correlation_id, request_id, ids_made, method, http_status, ocpi_status, error,
    duration_ms, request_bytes, answer_bytes, from_platform_id, to_platform_id, module)
  SELECT now() - n * interval '0.1 ms', gen_random_uuid(), n::text, n::text, false, 'PUT',
    CASE WHEN n = ${ROWS} - 5 THEN 429 WHEN n % 200 = 7 THEN 404 ELSE 200 END,
    CASE WHEN n = ${ROWS} - 6 THEN 3001 WHEN n % 200 = 8 THEN 4003 ELSE 1000 END,
    CASE WHEN n = ${ROWS} - 7 THEN 'tls_failed' WHEN n % 200 = 8 THEN 'connect_timeout' END,
    n % 100, 0, 0,
    CASE WHEN n > ${ROWS} - 2 THEN '${QUIET}' ELSE lpad((n % 500)::text, 32, '0')::uuid END,
    CASE WHEN n BETWEEN ${ROWS} - 4 AND ${ROWS} - 2 THEN '${QUIET}' ELSE lpad(((n + 1) % 500)::text, 32, '0')::uuid END,
    'locations'
  FROM generate_series(1, ${ROWS}) AS n`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

let database: FreshDatabase;
let dataSource: DataSource;
/** Statements that the archive sent, each with its values. */
let sent: [string, unknown[]][];

beforeAll(async () => {
  database = await freshDatabase();
  await (await storeOn(database.url)).close();
  await sql(database.url, FILL);
  await sql(database.url, 'ANALYZE messages');
  const logQuery: Logger['logQuery'] = (text, values = []) => sent.push([text, values as unknown[]]);
  const nothing = (): void => undefined;
  const logger: Logger = {
    ...{ logQuery, logQueryError: nothing, logQuerySlow: nothing, logSchemaBuild: nothing },
    ...{ logMigration: nothing, log: nothing },
  };
  sent = [];
  const of = {
    ...SCHEMA,
    url: database.url,
    logger,
    logging: true,
    extra: { statement_timeout: TIMEOUT_MS },
  };
  dataSource = await new DataSource(of).initialize();
}, 60_000);
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

/** Rows that came out of tables and indexes, those included that a filter removed. */
function readBy({ Plans: below = [], ...plan }: Plan): number {
  if (below.length > 0) return below.map(readBy).reduce((sum, rows) => sum + rows, 0);
  return (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
}

/** How many rows the last statements of the archive read. */
async function rowsRead(): Promise<number> {
  let rows = 0;
  for (const [text, values] of sent.filter(([query]) => query.includes('FROM "messages"'))) {
    const [plan] = await sql<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      ...([database.url, `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values] as const),
    );
    rows += readBy(plan!['QUERY PLAN'][0]!.Plan);
  }
  return rows;
}

const BUSY = `${'0'.repeat(8)}-0000-0000-0000-${'7'.padStart(12, '0')}`;

test.each<[string, MessageFilter, number]>([
  ['a busy platform', { platform: BUSY }, 50],
  ['a platform that was quiet for long', { platform: QUIET }, 5],
  ['no platform', { platform: randomUUID() }, 0],
  ['what a platform that was quiet for long failed in', { platform: QUIET, failed: true }, 0],
  ['what a busy platform failed in', { platform: BUSY, failed: true }, 50],
  ['what failed', { failed: true }, 50],
  ['what did not fail', { failed: false }, 50],
  ['a frequent error', { error: 'connect_timeout' }, 50],
  ['an error that was there once', { error: 'tls_failed' }, 1],
  ['an error that never was', { error: 'internal' }, 0],
  ['a frequent HTTP status', { httpStatus: 404 }, 50],
  ['an HTTP status that was there once', { httpStatus: 429 }, 1],
  ['an OCPI status that was there once', { statusCode: 3001 }, 1],
  ['a method', { method: 'PUT' }, 50],
])('a page of %s is found without reading the whole log', async (_, filter, count) => {
  sent = [];
  const { data, nextCursor } = await new PostgresMessageArchive(dataSource).find(filter, {
    ...{ cursor: null, limit: 50 },
  });
  expect(data).toHaveLength(count);
  expect(await rowsRead()).toBeLessThan(MOST_READ);
  if (nextCursor === null) return;
  sent = [];
  await new PostgresMessageArchive(dataSource).find(filter, { cursor: nextCursor, limit: 50 });
  expect(await rowsRead()).toBeLessThan(MOST_READ);
});

test('a search that takes longer than it may is told apart from what goes wrong', async () => {
  const blocker = new Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE messages');
  const page = new PostgresMessageArchive(dataSource).find({ platform: BUSY }, { cursor: null, limit: 1 });
  await expect(page).rejects.toMatchObject({ name: 'SearchTooLong' });
  await blocker.end();
});

import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { sql, storeOn } from '../../../test/support/store';
import { TRAFFIC } from './message-traffic';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.drop());

/** A log of a busy minute of 500 platforms: 200 messages each. */
const FILL = `
  INSERT INTO messages (at, id, correlation_id, request_id, ids_made, method, http_status, duration_ms,
    request_bytes, answer_bytes, from_platform_id, to_platform_id, module)
  SELECT now() - n * interval '0.1 ms', gen_random_uuid(), n::text, n::text, false, 'PUT', 200, n % 100, 0, 0,
    lpad((n % 500)::text, 32, '0')::uuid, lpad(((n + 1) % 500)::text, 32, '0')::uuid, 'locations'
  FROM generate_series(1, 100000) AS n`;

test('the messages of a platform are counted without reading those of others', async () => {
  await (await storeOn(database.url)).close();
  await sql(database.url, FILL);
  await sql(database.url, 'ANALYZE messages');
  const since = new Date(Date.now() - 86_400_000);
  const plan = await sql<{ 'QUERY PLAN': string }>(database.url, `EXPLAIN (ANALYZE, BUFFERS) ${TRAFFIC}`, [
    ...[`${'0'.repeat(31)}7`, since, new Date(Date.now() + 1_000)],
  ]);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(/from_platform_id/);
  expect(text).not.toMatch(/Seq Scan on messages_\d+ .*rows=[1-9]/);
  expect(text).toMatch(/(Index|Bitmap Index) Scan .*from_platform_id/);
  expect(text).toMatch(/(Index|Bitmap Index) Scan .*to_platform_id/);
  expect(await sql(database.url, TRAFFIC, [randomUUID(), since, new Date()])).toEqual([]);
}, 30_000);

/** Which workers are dead, as another sees it, on a real PostgreSQL. */
import { until } from '../../../../test/support/waiting';
import { sql, storeOn } from '../../../../test/support/store';
import { BundleBench, LEASE_MS, MANY } from './bundles.fixture';

/** Long enough that only a connection that ended can free anything. */
const LONG_LEASE_MS = 10 * LEASE_MS;

const bench = new BundleBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.clear();
  await sql(bench.url, 'TRUNCATE delivery_workers');
});

const connections = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'hub worker' AND datname = current_database()`;

async function leasedBy(other: typeof bench.store): Promise<number> {
  const { lines } = await bench.accept(bench.legs(3));
  const { bundles } = await bench.accept(bench.legs(MANY), 'PUT', '/NL/CPO/L2');
  for (const line of lines) await other.deliveries.lease(line, LONG_LEASE_MS);
  return (await other.deliveries.take(bundles[0]!, LONG_LEASE_MS)).length + lines.length;
}

test('leases of a worker whose connection ended are freed, after its grace and not before', async () => {
  const other = await storeOn(bench.url);
  await other.workers.join(() => undefined);
  const leased = await leasedBy(other);
  await until(async () => Object.values(await bench.states())[0] === leased);
  expect(await bench.store.workers.releaseDead(0)).toBe(0);
  await other.close();
  expect(await bench.store.workers.releaseDead(60_000)).toBe(0);
  expect(await bench.store.workers.releaseDead(0)).toBe(leased);
  expect(await bench.store.workers.releaseDead(0)).toBe(0);
  const { data } = await bench.store.deliveries.overdue(0, { cursor: null, limit: 100 });
  expect(data).toHaveLength(leased);
}, 40_000);

test('a living worker whose connection was ended comes back within its grace and keeps what it has', async () => {
  const other = await storeOn(bench.url);
  let lost = 0;
  await other.workers.join(() => lost++);
  await leasedBy(other);
  await sql(bench.url, connections);
  const isMissed = 'SELECT 1 AS one FROM delivery_workers WHERE missed_since IS NOT NULL';
  await bench.store.workers.releaseDead(4_000);
  await until(async () => (await sql(bench.url, isMissed)).length === 0);
  expect(await bench.store.workers.releaseDead(0)).toBe(0);
  expect(lost).toBe(0);
  await other.close();
}, 40_000);

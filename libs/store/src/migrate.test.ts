import { migrate } from '@app/store';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { BundledLegs1796100000000 } from '../../../migrations/1796100000000-bundled-legs';
import { PairHalves1796200010000 } from '../../../migrations/1796200010000-pair-halves';
import { emptyDatabase, type FreshDatabase } from '../../../test/support/database';
import { sql } from '../../../test/support/store';
import { SCHEMA } from './data-source';
import { MIGRATIONS } from './migrations';

describe('the migrations', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  beforeEach(async () => {
    database = await emptyDatabase();
    dataSource = await new DataSource({ ...SCHEMA, url: database.url }).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Every column, constraint and index, as PostgreSQL describes it. */
  const schema = (): Promise<object[]> =>
    sql(
      database.url,
      `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS part
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
       UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'migrations'
       UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
       ORDER BY 1`,
    );

  test('go up, down to nothing, and up again to the same schema', async () => {
    expect(await migrate(database.url)).toHaveLength(MIGRATIONS.length);
    const before = await schema();
    expect(before.length).toBeGreaterThan(50);
    for (const migration of MIGRATIONS) {
      expect(migration).toBeDefined();
      await dataSource.undoLastMigration();
    }
    expect(await schema()).toEqual([]);
    await migrate(database.url);
    expect(await schema()).toEqual(before);
  });

  test('each is done once, however many replicas start at the same moment', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
    expect(ran.flat().sort()).toEqual(MIGRATIONS.map((migration) => migration.name).sort());
    expect(await migrate(database.url)).toEqual([]);
  });

  test('lose no leg of a bundle on the way down', async () => {
    await migrate(database.url);
    const leg = { id: randomUUID(), platform_id: randomUUID(), party: 'NL*TNM', line: randomUUID() };
    await sql(
      database.url,
      `INSERT INTO delivery_bundles (id, push_id, object_id, legs, leg_count, created_at, expires_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, 1, now(), now() + interval '1 minute')`,
      [JSON.stringify([leg])],
    );
    const runner = dataSource.createQueryRunner();
    await new BundledLegs1796100000000().down(runner);
    await runner.release();
    const legs = await sql(
      database.url,
      'SELECT id, platform_id, party, line, state, attempts FROM deliveries',
    );
    expect(legs).toEqual([{ ...leg, state: 'waiting', attempts: 0 }]);
  });

  test('leave a half of a pair that two platforms hold to the one that had it first', async () => {
    await migrate(database.url);
    const runner = dataSource.createQueryRunner();
    await new PairHalves1796200010000().down(runner);
    const [first, second] = [randomUUID(), randomUUID()];
    for (const [id, role, since] of [
      [second, 'OTHER', '2026-02-01'],
      [first, 'EMSP', '2026-01-01'],
      [first, 'SCSP', '2026-03-01'],
    ] as const) {
      await sql(
        database.url,
        `INSERT INTO platforms (id, name, status, suspended, announced_parties, created_at)
         VALUES ($1, 'P', 'CONNECTED', false, '{}', now()) ON CONFLICT DO NOTHING`,
        [id],
      );
      await sql(
        database.url,
        `INSERT INTO parties (id, platform_id, country_code, party_id, role, status, status_since, known_since, held)
         VALUES (gen_random_uuid(), $1, 'NL', 'VIC', $2, 'CONNECTED', now(), $3, true)`,
        [id, role, since],
      );
    }
    await new PairHalves1796200010000().up(runner);
    await runner.release();
    expect(await sql(database.url, 'SELECT role, held, status FROM parties ORDER BY role')).toEqual([
      { role: 'EMSP', held: true, status: 'CONNECTED' },
      { role: 'OTHER', held: false, status: 'SUSPENDED' },
      { role: 'SCSP', held: true, status: 'CONNECTED' },
    ]);
    expect(await sql(database.url, 'SELECT role, platform_id, reason FROM status_changes')).toEqual([
      { role: 'OTHER', platform_id: second, reason: 'half_taken' },
    ]);
    const again = sql(database.url, `UPDATE parties SET held = true WHERE role = 'OTHER'`);
    await expect(again).rejects.toMatchObject({ constraint: 'parties_half_unique' });
  });

  test('leave the very schema that the entities describe', async () => {
    await migrate(database.url);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

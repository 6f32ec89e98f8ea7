import { migrate } from '@app/store';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { BundledLegs1796100000000 } from '../../../migrations/1796100000000-bundled-legs';
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

  test('leave the very schema that the entities describe', async () => {
    await migrate(database.url);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

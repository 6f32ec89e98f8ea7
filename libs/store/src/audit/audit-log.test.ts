import { auditLogBehaviour } from '@app/testkit';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

auditLogBehaviour('PostgreSQL', async () => {
  const database = await freshDatabase();
  const store = await storeOn(database.url);
  return { audit: store.audit, end: () => store.close().finally(() => database.drop()) };
});

describe('the database itself', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  test.each([
    `UPDATE audit_entries SET actor_name = 'somebody else'`,
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries CASCADE',
    `UPDATE audit_outcomes SET outcome = 'refused'`,
    'DELETE FROM audit_outcomes',
    'TRUNCATE audit_outcomes',
  ])('refuses %s', async (statement) => {
    await expect(sql(database.url, statement)).rejects.toThrow('append-only');
  });
});

import { apiKeyStoreBehaviour } from '@app/testkit';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

apiKeyStoreBehaviour('PostgreSQL', async () => {
  const store = await storeOn(database.url);
  const end = async (): Promise<void> => {
    await store.close();
    await sql(database.url, 'TRUNCATE api_keys, idempotency_keys');
  };
  return { keys: store.apiKeys, end };
});

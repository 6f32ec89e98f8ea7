import { CPO, createdPlatform, detourStoreBehaviour, EMSP } from '../../../testkit/src/twin';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

detourStoreBehaviour('PostgreSQL', async () => {
  const { detours, platforms, close } = await opened();
  const [holder, owner] = [await createdPlatform(platforms, CPO), await createdPlatform(platforms, EMSP)];
  return { detours, platformIds: [holder.id, owner.id], end: close };
});

async function opened() {
  const store = await storeOn(database.url);
  const close = async (): Promise<void> => {
    await store.close();
    await sql(database.url, 'TRUNCATE platforms CASCADE');
  };
  return { detours: store.detours, platforms: store.platforms, close };
}

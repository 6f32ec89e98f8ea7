import { turnsBehaviour } from '@app/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FreshDatabase, freshDatabase } from '../../../test/support/database';
import { sql, storeOn } from '../../../test/support/store';
import { type Store } from './store';

/** `idle_in_transaction_session_timeout` of the hub's connections. */
const IDLE_LIMIT_MS = 10_000;

turnsBehaviour('PostgreSQL', async () => {
  const database = await freshDatabase();
  const [one, other] = [await storeOn(database.url), await storeOn(database.url)];
  const end = async (): Promise<void> => {
    await one.close();
    await other.close();
    await database.drop();
  };
  return { turns: [one.turns, other.turns], end };
});

describe('a lock that takes long, or is lost', () => {
  let database: FreshDatabase;
  let stores: Store[];
  beforeAll(async () => {
    database = await freshDatabase();
    stores = [await storeOn(database.url), await storeOn(database.url)];
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });

  it('outlasts the time that PostgreSQL lets a transaction idle, and its work counts as done', async () => {
    const order: string[] = [];
    const slow = stores[0]!.turns.inTurn('one', async (stillMine) => {
      await sleep(IDLE_LIMIT_MS + 1_500);
      await stillMine();
      order.push('slow');
      return 'done';
    });
    await sleep(300);
    const next = (): Promise<unknown> => stores[1]!.turns.inTurn('one', async () => order.push('next'));
    await next().catch(next); // a lock is waited for as long as a statement may take
    expect(await slow).toBe('done');
    expect(order).toEqual(['slow', 'next']);
  }, 40_000);

  it('says that it is lost before anything is changed', async () => {
    let isChanged = false;
    const work = stores[0]!.turns.inTurn('two', async (stillMine) => {
      await sql(
        database.url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'hub locks'`,
      );
      await stillMine();
      isChanged = true;
    });
    await expect(work).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(isChanged).toBe(false);
    expect(await stores[0]!.turns.inTurn('two', async () => 7)).toBe(7);
  });
});

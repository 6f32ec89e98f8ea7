import { turnsBehaviour } from '@app/testkit';
import { freshDatabase } from '../../../test/support/database';
import { storeOn } from '../../../test/support/store';

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

import { emptyDatabase } from '../../../test/support/database';
import { connect, CONNECT_LIMITS, dataSourceFor } from './connection';

test('a database that refuses the hub is refused by the name of its setting, with the reason', async () => {
  const database = await emptyDatabase();
  try {
    const url = new URL(database.url);
    url.pathname = '/not_there';
    const error = await connect(dataSourceFor(url.href, 1, CONNECT_LIMITS)).catch((cause: Error) => cause);
    expect(error).toMatchObject({
      message: 'the database that DATABASE_URL names cannot be used',
      cause: { message: 'database "not_there" does not exist' },
    });
  } finally {
    await database.drop();
  }
});

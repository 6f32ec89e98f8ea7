import { type DatabaseError, Pool } from 'pg';
import { freshDatabase } from '../../../test/support/database';
import { sql } from '../../../test/support/store';
import { CLIENT_OPTIONS } from './connection';

const SECRET = 'of-a-payload';

test('an error of the server names what is wrong and holds no value of a row or a parameter', async () => {
  const database = await freshDatabase();
  const pool = new Pool({ ...CLIENT_OPTIONS, connectionString: database.url });
  const refusals = [
    ['SELECT $1::uuid', [SECRET]],
    ['SELECT $1::int', [SECRET]],
    ['SELECT $1::timestamptz', [SECRET]],
    ['SELECT $1::jsonb', [`{"uid": ${SECRET}`]],
    ['CREATE TABLE kept AS SELECT $1::text AS uid; ', undefined],
    [
      `CREATE TABLE once (uid text PRIMARY KEY CHECK (uid <> 'x${SECRET}')); INSERT INTO once VALUES ('${SECRET}')`,
      undefined,
    ],
    ['INSERT INTO once VALUES ($1)', [SECRET]],
    ['INSERT INTO once VALUES ($1)', [`x${SECRET}`]],
  ] as const;
  for (const [text, values] of refusals) {
    const error = await pool.query(text, values && [...values]).then(
      () => undefined,
      (cause: DatabaseError) => cause,
    );
    expect(JSON.stringify({ ...error, message: error?.message, stack: error?.stack })).not.toContain(SECRET);
  }
  const again = await pool.query('INSERT INTO once VALUES ($1)', [SECRET]).catch((cause: unknown) => cause);
  expect(again).toMatchObject({ code: '23505', table: 'once', constraint: 'once_pkey' });
  await pool.end();
  await database.drop();
});

test('a connection that is ended while it is taken ends no process', async () => {
  const database = await freshDatabase();
  const pool = new Pool({ ...CLIENT_OPTIONS, connectionString: database.url, application_name: 'taken' });
  const client = await pool.connect();
  await sql(
    database.url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taken'`,
  );
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  await pool.end();
  await database.drop();
});

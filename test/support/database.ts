/** One empty, migrated database a test file, on the PostgreSQL that `test/run.mjs` started. */
import { hash, randomUUID } from 'node:crypto';
import { migrate, MIGRATIONS } from '@app/store';
import { Client } from 'pg';

/** A database of one test file. */
export interface FreshDatabase {
  readonly url: string;
  /** Ends every session on it and removes it. */
  drop(): Promise<void>;
}

/** One template for each text of the migrations, so that a server that outlives them is not asked for an old schema. */
const TEMPLATE = `hub_template_${hash('sha256', MIGRATIONS.map(String).join()).slice(0, 16)}`;
/** Any number; guards the making of the template against the other Jest workers. */
const TEMPLATE_LOCK = 471_101;

/** Makes a migrated database. Call it in `beforeAll` and `drop()` in `afterAll`. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(async (client) => {
    await ensureTemplate(client);
    await copyWithinKernel(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  });
  const drop = (): Promise<void> =>
    asSuperuser(async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: urlOf(name), drop };
}

/** Makes an empty database that was never migrated, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const run = (sql: string): Promise<void> =>
    asSuperuser(async (client) => {
      await client.query(sql);
    });
  await run(`CREATE DATABASE ${name}`);
  return { url: urlOf(name), drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The template gets its name when it is complete: a migration that failed leaves none behind. */
async function ensureTemplate(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
  if (rowCount === 0) {
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE}_new WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TEMPLATE}_new`);
    await migrate(urlOf(`${TEMPLATE}_new`));
    await client.query(`ALTER DATABASE ${TEMPLATE}_new RENAME TO ${TEMPLATE}`);
  }
  await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
}

/** To make a database takes a tenth of the time so, where system and server can do it (Linux; PostgreSQL 18). */
async function copyWithinKernel(client: Client): Promise<void> {
  if (process.platform === 'linux') await client.query('SET file_copy_method = clone').catch(() => undefined);
}

async function asSuperuser(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: superuserUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function superuserUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set: run the tests by `npm test -- <pattern>`');
  return url;
}

function urlOf(name: string): string {
  const url = new URL(superuserUrl());
  url.pathname = `/${name}`;
  return url.href;
}

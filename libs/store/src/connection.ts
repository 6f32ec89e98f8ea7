/** How the store reaches PostgreSQL: limits, names, and patience while it is still starting. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Log } from '@app/hub';
import { type ClientConfig, DatabaseError, Pool, type PoolConfig } from 'pg';
import { type DataSource } from 'typeorm';
import { SCHEMA } from './data-source';
import { DatabaseClient } from './database-client';
import { GuardedDataSource } from './guarded-data-source';

/** A connection that is not made in this time counts as failed, in ms. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Cancelled by the server after this time, in ms. The longest query is one page of the message log. */
export const STATEMENT_TIMEOUT_MS = 10_000;
/** Given up by the client when the server does not even say that it cancelled, in ms after that. */
const CANCEL_MS = 2_000;
/** For how long a start waits for a PostgreSQL that is starting too, in ms. */
const STARTING_MS = 30_000;
const STARTING_RETRY_MS = 250;
const UNREACHED = 'the database that DATABASE_URL names cannot be used';

export const CONNECT_LIMITS = {
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  keepAlive: true,
} as const satisfies ClientConfig;

/** Limits of connections whose statements may take this long, in ms. */
export function limitsOf(statementMs: number) {
  return {
    ...CONNECT_LIMITS,
    statement_timeout: statementMs,
    query_timeout: statementMs + CANCEL_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  } as const satisfies ClientConfig;
}

/** Pools of the hub's own kind of connection, also those of other libraries: options to open them with. */
export const CLIENT_OPTIONS = { ...CONNECT_LIMITS, Client: DatabaseClient };

/** A pool of its own. A connection that breaks while it is idle is logged and replaced, no more. */
export function openPool(config: PoolConfig, log: Log): Pool {
  const pool = new Pool({ ...CLIENT_OPTIONS, ...config });
  const name = config.application_name;
  pool.on('error', (error) => log.warn({ error: error.message, name }, 'idle database connection lost'));
  return pool;
}

/** A data source that is not connected yet. An idle connection that breaks is logged and replaced, no more. */
export function dataSourceFor(
  databaseUrl: string,
  poolSize: number,
  limits: ClientConfig,
  log?: Log,
): GuardedDataSource {
  return new GuardedDataSource({
    ...SCHEMA,
    url: databaseUrl,
    applicationName: 'hub',
    poolSize,
    extra: { ...limits, Client: DatabaseClient },
    poolErrorHandler: (error: Error) => log?.warn({ error: error.message }, 'idle database connection lost'),
  });
}

/**
 * Connects, and waits up to 30 s for a PostgreSQL that is still starting. A server that answers with an error
 * of its own (wrong password, no such database) is not asked twice.
 *
 * @throws an error that names the setting, caused by the last one, when the database cannot be reached
 */
export async function connect<T extends DataSource>(dataSource: T): Promise<T> {
  const until = Date.now() + STARTING_MS;
  for (;;) {
    try {
      await dataSource.initialize();
      return dataSource;
    } catch (error) {
      if (!mayBeStarting(error) || Date.now() >= until) throw new Error(UNREACHED, { cause: error });
      await delay(STARTING_RETRY_MS);
    }
  }
}

/** SQLSTATE 57P03 is "the database system is starting up"; no SQLSTATE at all means that no server answered. */
function mayBeStarting(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.code === '57P03';
}

/** Waits for something to end, but not for ever: resolves after `limitMs` in any case. Never rejects. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const timeout = delay(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), timeout]);
  limit.abort();
}

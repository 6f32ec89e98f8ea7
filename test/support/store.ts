/** Stores on a test database. */
import { randomBytes } from 'node:crypto';
import { type Log } from '@app/hub';
import { openStore, type Store } from '@app/store';
import { Client } from 'pg';

const ENCRYPTION_KEY = randomBytes(32);

/** A log that keeps what it is told. */
export class KeptLog implements Log {
  readonly lines: string[] = [];

  readonly info = (fields: object, message: string): void => this.keep('info', fields, message);
  readonly warn = (fields: object, message: string): void => this.keep('warn', fields, message);
  readonly error = (fields: object, message: string): void => this.keep('error', fields, message);

  private keep(level: string, fields: object, message: string): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  }
}

/** Opens a store with the key of the tests. */
export function storeOn(databaseUrl: string, log: Log = new KeptLog()): Promise<Store> {
  return openStore({ databaseUrl, encryptionKey: ENCRYPTION_KEY, log, messageLogDays: 30, poolSize: 4 });
}

/** Runs one statement on a connection of its own and gives its rows. */
export async function sql<T extends object = Record<string, unknown>>(
  databaseUrl: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Empties every table, so that the next test of the file finds nothing. */
export async function emptied(databaseUrl: string): Promise<void> {
  await sql(
    databaseUrl,
    'TRUNCATE platforms, parties, endpoints, credentials_tokens, messages, agreements, idempotency_keys CASCADE',
  );
}

import pg, { Client, type ClientConfig, type DatabaseError } from 'pg';

/** The little of a driver's connection that is used here; the driver's own types leave its events out. */
interface MessageSource {
  on(event: 'errorMessage', listener: (error: DatabaseError) => void): unknown;
}

/**
 * The one class of connection to PostgreSQL in the hub; pools are given it as their `Client`.
 *
 * - It always has an `error` listener. The driver emits `error` whenever a connection breaks, also right after it
 *   failed a statement, and an `error` event without a listener ends the process. Pools remove theirs while a
 *   connection is taken.
 * - The errors that the server sends carry no values, before anything else sees them (see `withoutValues`).
 */
export class DatabaseClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // A broken connection also fails its statement, and its pool replaces it: there is nothing more to do here.
    this.on('error', () => undefined);
    // Before the driver's own listeners, which it adds when it connects.
    (this.connection as unknown as MessageSource).on('errorMessage', withoutValues);
  }
}

// BullMQ makes the connection on which it listens by itself, of the class that it finds in the driver.
Object.assign(pg, { Client: DatabaseClient });

/** SQLSTATE class 22, "data exception": the messages of these errors quote the value. */
const DATA_EXCEPTION = /^22/;

/**
 * Removes from an error of the server what may hold a value of a row or a parameter. What says what is wrong stays:
 * SQLSTATE, message, and the names of table, column and constraint.
 *
 * Spec: PostgreSQL, Error and Notice Message Fields.
 */
function withoutValues(error: DatabaseError): void {
  delete error.detail;
  delete error.where;
  delete error.hint;
  delete error.internalQuery;
  if (!DATA_EXCEPTION.test(error.code ?? '')) return;
  const full = error.message;
  error.message = full.replace(/"[^]*"/, '"…"');
  error.stack = error.stack?.replace(full, error.message);
}

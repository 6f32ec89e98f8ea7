/** ADAPTER of the port `Turns`: a session's advisory lock, on a connection that does nothing else. */
import { StoreUnavailable, type Turns } from '@app/hub';
import { type Pool, type PoolClient } from 'pg';

/** First half of the advisory lock on a name; any number that no other user of such locks has. */
const TURN_LOCK = 7_240_611;

/**
 * Work may take as long as it likes: the connection is in no transaction, whose idle time PostgreSQL limits. The lock
 * ends with the connection, so the work asks for it again right before it changes anything.
 */
export class PostgresTurns implements Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** @param pool of one connection, whose statement limit is how long a lock is waited for */
  constructor(private readonly pool: Pool) {}

  /** A process has one turn at a time. */
  inTurn<T>(name: string, work: (stillMine: () => Promise<void>) => Promise<T>): Promise<T> {
    const mine = this.last.then(() => this.locked(name, work));
    this.last = mine.catch(() => undefined);
    return mine;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async locked<T>(name: string, work: (stillMine: () => Promise<void>) => Promise<T>): Promise<T> {
    const session = await this.pool.connect().catch(lost);
    let isBroken = true;
    try {
      await session.query('SELECT pg_advisory_lock($1, hashtext($2))', [TURN_LOCK, name]).catch(lost);
      const result = await work(() => stillHeld(session, name));
      isBroken = await unlock(session, name);
      return result;
    } finally {
      session.release(isBroken); // closing the connection lets go of the lock, too
    }
  }
}

/** Asks PostgreSQL on the very connection: one that is gone, or was replaced by a pooler, holds nothing. */
async function stillHeld(session: PoolClient, name: string): Promise<void> {
  const { rowCount } = await session
    .query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
         AND classid::bigint = $1 AND objid::bigint = (hashtext($2)::bigint & 4294967295)`,
      [TURN_LOCK, name],
    )
    .catch(lost);
  if (rowCount === 0) throw new StoreUnavailable('away');
}

/** The work is done: that the lock could not be given back is no failure of it. True: the connection is broken. */
function unlock(session: PoolClient, name: string): Promise<boolean> {
  return session.query('SELECT pg_advisory_unlock($1, hashtext($2))', [TURN_LOCK, name]).then(
    () => false,
    () => true,
  );
}

function lost(cause: unknown): never {
  throw new StoreUnavailable('away', { cause });
}

/** ADAPTER of the port `Turns`: an advisory lock for the time of a transaction. */
import { type Turns } from '@app/hub';
import { type DataSource } from 'typeorm';

/** First half of the advisory lock on a name; any number that no other user of such locks has. */
const TURN_LOCK = 7_240_611;

export class PostgresTurns implements Turns {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * A process has one turn at a time: the connection that holds the lock is then the only one of the pool that
   * the work cannot have, and many turns cannot wait for each other's connections.
   */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(() =>
      this.dataSource.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [TURN_LOCK, name]);
        return work();
      }),
    );
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

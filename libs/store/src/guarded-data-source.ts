/** TypeORM's data source, with one rule for every statement of the hub: what happens when the database cannot be used. */
import { StoreUnavailable } from '@app/hub';
import { DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { type DatabaseWatch } from './database-watch';
import { asUnavailable, reasonOf } from './unavailable';

/** A probe that takes longer has failed, in ms. */
const PROBE_MS = 2_000;

/** What is used of TypeORM's runner beyond its own type. */
interface Runner {
  connect(): Promise<unknown>;
  query(...given: readonly unknown[]): Promise<unknown>;
  release(): Promise<void>;
  /** The one method that releases with an error, which closes the connection; TypeORM's own types keep it private. */
  releasePostgresConnection(error: unknown): Promise<void>;
}

/**
 * Every statement goes through a runner of this class, whether it comes from a query builder, a manager or a transaction.
 *
 * - Errors that say that the database cannot be used become `StoreUnavailable` and are reported to the watch.
 * - The connection that had one is closed, so that neither the next statement of the transaction nor the next user of
 *   the pool waits for it, or goes on with a server that takes no writes any more.
 * - While the watch knows that the database is away, statements fail at once instead of after their time limits.
 * - Errors carry no parameters.
 */
export class GuardedDataSource extends DataSource {
  /** Set once the connection stands; before that nothing is guarded. */
  watch: DatabaseWatch | undefined;

  override createQueryRunner(mode?: 'master' | 'slave'): QueryRunner {
    const runner = super.createQueryRunner(mode);
    if (this.watch !== undefined) guard(runner as unknown as Runner, this.watch);
    return runner;
  }

  /** A statement that the watch does not hold up, with a short limit. @throws StoreUnavailable, errors of the statement */
  async probe(sql: string): Promise<void> {
    const runner = super.createQueryRunner() as unknown as Runner;
    try {
      await runner.query({ text: sql, query_timeout: PROBE_MS });
    } catch (error) {
      await runner.releasePostgresConnection(error);
      throw error instanceof QueryFailedError ? asUnavailable(error) : away(error);
    } finally {
      await runner.release();
    }
  }

  override async transaction<T>(...given: readonly unknown[]): Promise<T> {
    try {
      return await (super.transaction as (...given: readonly unknown[]) => Promise<T>)(...given);
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}

function guard(runner: Runner, watch: DatabaseWatch): void {
  const [connect, query] = [runner.connect.bind(runner), runner.query.bind(runner)];
  runner.connect = () => connect().catch((error: unknown) => fail(away(error), runner, watch));
  runner.query = async (...given) => {
    watch.throwIfAway();
    return query(...given).catch((error: unknown) => fail(withoutParameters(error), runner, watch));
  };
}

async function fail(error: unknown, runner: Runner, watch: DatabaseWatch): Promise<never> {
  const reason = reasonOf(error);
  if (reason === undefined) throw error;
  if (reason !== 'too_slow') watch.report(reason);
  // Neither the next statement nor the next user of the pool gets this connection.
  await runner.releasePostgresConnection(error);
  throw asUnavailable(error);
}

/** No connection can be had: refused, not in time, not let in, too many. */
function away(error: unknown): unknown {
  return new StoreUnavailable(reasonOf(error) ?? 'away', { cause: error });
}

/** TypeORM puts the values of the statement into its error: it must not be able to reach a log. */
function withoutParameters(error: unknown): unknown {
  return error instanceof QueryFailedError ? Object.assign(error, { parameters: undefined }) : error;
}

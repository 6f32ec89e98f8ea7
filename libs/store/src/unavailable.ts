/** Which errors say that the database cannot be used now, as opposed to errors of a statement. */
import { StoreUnavailable, type UnavailableReason } from '@app/hub';
import { DatabaseError } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/**
 * SQLSTATEs, or their classes, in the order in which they are looked for. Spec: PostgreSQL, Error Codes.
 *
 * 25006 read_only_sql_transaction (a standby, or `default_transaction_read_only`); 53100 disk_full, 53200
 * out_of_memory; 53300 too_many_connections and the rest of class 53; class 08 connection; 57P01 to 57P05 shutdown,
 * crash, cannot connect now, database dropped, idle session ended; 25P03 and 25P04 time of a transaction; class 28 and
 * 3D000 that the hub is no longer let in; class 58 errors of the system, a failing disk; 57014 statement cancelled.
 */
const REASONS: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/^25006$/, 'read_only'],
  [/^53[12]00$/, 'full'],
  [/^(53...|08...|57P0.|25P0[34]|28...|3D000|58...)$/, 'away'],
  [/^57014$/, 'too_slow'],
];

/** The reason why the database cannot be used, when an error of the driver or of TypeORM says so. */
export function reasonOf(error: unknown): UnavailableReason | undefined {
  if (error instanceof StoreUnavailable) return error.reason;
  if (isReleased(error)) return 'away';
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (cause instanceof DatabaseError) return reasonOfState(cause.code ?? '');
  return isOfConnection(error, cause) ? 'away' : undefined;
}

/** The connection broke between two statements of a transaction: TypeORM has let it go by the second one. */
function isReleased(error: unknown): boolean {
  return (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  );
}

function reasonOfState(state: string): UnavailableReason | undefined {
  return REASONS.find(([states]) => states.test(state))?.[1];
}

/** The driver's own errors (broken, too late, not connected) have no code. A parameter that it cannot write is a fault. */
function isOfConnection(error: unknown, cause: unknown): boolean {
  return error instanceof QueryFailedError && !(cause instanceof TypeError || cause instanceof RangeError);
}

/** The same error as one that callers know, where the database cannot be used. */
export function asUnavailable(error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason === undefined || error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(reason, { cause: error });
}

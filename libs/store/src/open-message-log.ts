import { type Log, type MessageLog } from '@app/hub';
import { atMost, openPool } from './connection';
import { BatchedMessageLog } from './message-log';
import { keepPartitions } from './message-partitions';
import { writeMessages } from './message-writer';

/** A batch that takes longer is cancelled and tried again, in ms. */
const WRITE_TIMEOUT_MS = 5_000;
/** How often partitions are made ahead and old ones dropped, in ms. */
const KEEP_EVERY_MS = 3_600_000;
/** For how long a stop waits for the connection to close, in ms. */
const CLOSE_MS = 1_000;

/** Where the message log is written, and for how long it is kept. */
export interface MessageLogOptions {
  readonly databaseUrl: string;
  readonly messageLogDays: number;
  readonly log: Log;
}

/** Starts the message log on one connection of its own, so that it cannot take those that others wait for. */
export function openMessageLog({ databaseUrl, messageLogDays, log }: MessageLogOptions): MessageLog {
  const config = {
    connectionString: databaseUrl,
    application_name: 'hub message log',
    max: 1,
    statement_timeout: WRITE_TIMEOUT_MS,
    query_timeout: WRITE_TIMEOUT_MS + 1_000,
  };
  const pool = openPool(config, log);
  let keeping: Promise<void> = Promise.resolve();
  const keep = (): void => {
    keeping = keepPartitions(pool, messageLogDays, new Date()).catch((error: unknown) =>
      log.error(
        { error: String(error) },
        'message log partitions could not be kept; trying again in an hour',
      ),
    );
  };
  keep();
  const keeper = setInterval(keep, KEEP_EVERY_MS).unref();
  const batches = new BatchedMessageLog((rows) => writeMessages(pool, rows), log);
  return {
    record: (row) => batches.record(row),
    get dropped() {
      return batches.dropped;
    },
    async close() {
      clearInterval(keeper);
      await Promise.all([batches.close(), atMost(CLOSE_MS, keeping)]);
      await atMost(CLOSE_MS, pool.end());
    },
  };
}

import { type CaptureLog, type Log } from '@app/hub';
import { type DataSource } from 'typeorm';
import { type Seal } from '../seal';
import { BatchedCaptureLog } from './capture-log';
import { writeCaptured } from './write-captured';

/** How often each process deletes captures whose age is over, in ms: so late a deletion may be. */
const DELETE_EVERY_MS = 60_000;

const DELETE_OLD = 'DELETE FROM captures WHERE deleted_at <= now()';

/** Starts keeping what is captured, and deleting it. */
export function openCaptureLog(dataSource: DataSource, seal: Seal, log: Log): CaptureLog {
  const deleteOld = (): void => {
    dataSource.query(DELETE_OLD).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'old captures could not be deleted; trying again in a minute');
    });
  };
  const keeper = setInterval(deleteOld, DELETE_EVERY_MS).unref();
  const batches = new BatchedCaptureLog(
    (batch, missed) => writeCaptured(dataSource, seal, batch, missed),
    log,
  );
  return {
    record: (platformId, captureId, message) => batches.record(platformId, captureId, message),
    close: () => {
      clearInterval(keeper);
      return batches.close();
    },
  };
}

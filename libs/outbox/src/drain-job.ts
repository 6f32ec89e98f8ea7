import { type DeliveryLine } from '@app/hub';
import { type BulkJobOptions } from 'bullmq';

/** A job says no more than "drain this line": what there is to send stands in the outbox. */
export type DrainJob = DeliveryLine;

export const JOB_NAME = 'drain';

/**
 * At most one job of a line runs and one more waits, so two workers never hold one line, and a wake-up that
 * comes while it is being drained is not lost. One that comes while the line waits for its next attempt makes
 * it be looked at now.
 */
export function jobOptions({ line }: DeliveryLine): BulkJobOptions {
  return {
    deduplication: { id: line, keepLastIfActive: true, reschedule: true },
    removeOnComplete: true,
    removeOnFail: true,
  };
}

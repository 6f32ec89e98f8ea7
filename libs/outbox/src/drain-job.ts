import { type DeliveryLine } from '@app/hub';
import { type BulkJobOptions } from 'bullmq';

/**
 * A job says no more than "look at these lines", or "take this bundle": what there is to send stands in the outbox, and
 * whose turn it is says the lease there. So a job may come twice, or be lost: the sweep finds what it was about.
 */
export type DrainJob = { readonly lines: readonly DeliveryLine[] } | { readonly bundle: string };

export const JOB_NAME = 'drain';
export const JOB_OPTIONS: BulkJobOptions = { removeOnComplete: true, removeOnFail: true };

/**
 * Lines of one job, at most. A job costs Redis, producer and worker some 150 µs and 1.3 kB, a delivery not much
 * more than that: shared by a hundred it is nothing. A push to a thousand is still ten jobs, so that workers share it.
 */
export const LINES_PER_JOB = 100;

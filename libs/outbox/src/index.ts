export type { DrainJob } from './drain-job';
export { type DrainQueue, openDrainQueue } from './drain-queue';
export { type DrainWorker, startDrainWorker, type TakeJob } from './drain-worker';
export type { QueuePlace } from './queue-place';

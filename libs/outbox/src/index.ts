export { type DrainQueue, openDrainQueue } from './drain-queue';
export { type Drain, type DrainWorker, type DrainWorkerOptions, startDrainWorker } from './drain-worker';
export type { QueuePlace } from './queue-place';

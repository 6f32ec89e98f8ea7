export { type DrainQueue, openDrainQueue } from './drain-queue';
export { type DrainWorker, startDrainWorker, type TakeLines } from './drain-worker';
export type { QueuePlace } from './queue-place';

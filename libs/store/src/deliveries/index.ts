export { PostgresDeliveryArchive } from './delivery-archive';
export { PostgresDeliveryStore } from './delivery-store';
export { acceptPush, PostgresOutbox } from './outbox';
export { newWorker, PostgresWorkerRegistry } from './worker-registry';

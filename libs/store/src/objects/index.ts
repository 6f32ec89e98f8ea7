export { applyObjectChange } from './apply-object-change';
export { PostgresObjectStore } from './object-store';
export { PostgresSyncStore } from './sync-store';

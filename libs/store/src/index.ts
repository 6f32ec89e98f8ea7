export { CLIENT_OPTIONS } from './connection';
export { migrate } from './migrate';
export { MIGRATIONS } from './migrations';
export { openStore, type Store, type StoreOptions } from './store';

export * from './owner-index';
export { rowKeys } from './owner-rows';

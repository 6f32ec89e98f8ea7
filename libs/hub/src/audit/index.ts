export { auditable } from './masked';

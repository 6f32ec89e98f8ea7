export * from './agreement';
export * from './agreement-book';
export * from './agreement-key';
export { type Participant } from './rule';
export * from './side';

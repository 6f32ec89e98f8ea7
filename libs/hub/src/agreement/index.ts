export * from './agreement';
export * from './agreement-key';
export * from './side';

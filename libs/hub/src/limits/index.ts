export * from './account';
export * from './accounts';
export * from './room';
export * from './storage-room';
export * from './strangers';
export * from './token-bucket';
export * from './unpacking';

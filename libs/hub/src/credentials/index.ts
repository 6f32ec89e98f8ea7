export * from './credentials-object';
export * from './peer-api';
export * from './registration';
export * from './secret';
export * from './token-grace';

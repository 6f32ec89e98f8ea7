export * from './directory';
export * from './newcomers';
export * from './platform-entry';

export * from './directory';
export * from './halves';
export * from './newcomers';
export * from './platform-entry';

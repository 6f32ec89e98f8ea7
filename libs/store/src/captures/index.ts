export * from './capture-store';
export * from './open-capture-log';

export * from './trace-tree';

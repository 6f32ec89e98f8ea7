export * from './as-problem';
export * from './problem';
export * from './problem.filter';
export * from './problem-view';

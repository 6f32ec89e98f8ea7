export * from './capture-sent';
export * from './capturing-courier';

export * from './limits.controller';

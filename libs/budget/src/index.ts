export { openRedisBudget, type RedisBudgetOptions } from './redis-budget';

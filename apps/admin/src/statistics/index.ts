export { StatisticsController } from './statistics.controller';

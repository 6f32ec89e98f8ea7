export { StatusHistoryController } from './status-history.controller';
export { SuspensionController } from './suspension.controller';

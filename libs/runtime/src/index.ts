export { createLogger, nestLogger, type Logger } from './logger';
export {
  createMetrics,
  processMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type Metrics,
} from './metrics';
export {
  healthModule,
  READY_LIMIT_MS,
  type Checks,
  type HealthSource,
  openGate,
  StartGate,
  stateOf,
} from './health';
export { listenAt } from './listen';
export { userAgent } from './product';
export { reasonOf, runProcess, SAME_REQUEST_MS, type RunningApp } from './run-process';
export { createHttpServer, ServerTls } from './tls/server-tls';

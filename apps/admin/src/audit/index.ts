export { AuditController } from './audit.controller';
export { ChangeInterceptor } from './change.interceptor';
export { nothingChanged } from './nothing-changed';

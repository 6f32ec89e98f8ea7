export { AuditController } from './audit.controller';
export { AuditedRead, AuditedReadInterceptor } from './audited-read.interceptor';
export { ChangeInterceptor } from './change.interceptor';
export { nothingChanged } from './nothing-changed';
export { RoleRefusals } from './role-refusals';

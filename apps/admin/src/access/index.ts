export { ApiKeyGuard } from './api-key.guard';
export { callerOf } from './caller';
export { newApiKey } from './key-ring';
export { isChange, LeastRole } from './role';

export { ApiKeyGuard } from './api-key.guard';
export { callerOf } from './caller';
export { FIRST_KEY_NAME, newApiKey } from './key-ring';
export { isChange, LeastRole } from './role';

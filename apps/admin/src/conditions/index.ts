export { describeConditions } from './describe';
export { EntityTagInterceptor } from './entity-tag.interceptor';
export { requireMatch } from './if-match';

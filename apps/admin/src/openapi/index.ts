export { serveOpenApi } from './openapi';

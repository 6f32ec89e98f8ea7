import { type IncomingMessage, type ServerResponse } from 'node:http';
import { hasBody, isFunctional } from '../edge/functional';
import { type Connection } from './connections';

/** A request at the door. */
export interface Visitor {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
}

/**
 * The bytes to set aside for a body before it comes.
 *
 * @returns `undefined` when they are to be counted as they come
 */
export function bodyLength(request: IncomingMessage, maxBodyBytes: number): number | undefined {
  if (!hasBody(request)) return 0;
  const declared = request.headers['content-length'];
  // One that is too long is refused by whoever would have read it, and not read.
  if (declared !== undefined) return Number(declared) > maxBodyBytes ? 0 : Number(declared);
  // Behind Nest a body begins to flow later than here.
  return isFunctional(request) ? undefined : maxBodyBytes;
}

import { type Actor } from '@app/hub';
import { type FastifyRequest } from 'fastify';

const callers = new WeakMap<FastifyRequest, Actor>();

/** Notes whose key a request brought. */
export function setCaller(request: FastifyRequest, caller: Actor): void {
  callers.set(request, caller);
}

/** Whose key it was. @throws for a request that did not pass the guard */
export function callerOf(request: FastifyRequest): Actor {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('a request without a caller got past the guard');
  return caller;
}

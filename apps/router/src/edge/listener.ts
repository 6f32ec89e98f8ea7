import { refuseStray } from '@app/hub';
import { createHttpServer, type ServerTls } from '@app/runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type Door, type DoorLimits } from '../door/door';
import { wireLimits } from '../door/wire-limits';
import { type RouterParts } from '../parts';
import { isFunctional, serveFunctional, write } from './functional';
import { answerHttpFault } from './http-fault';
import { incomingFrom } from './message';

/**
 * Client certificates are asked for and none is demanded in the handshake: which platform must show which one is
 * known when the token of its request is.
 */
const CLIENTS = { requestCert: true, rejectUnauthorized: false };

/** The HTTP listener. Functional messages go their own short way, the rest goes to Nest; bodies stay bytes in both. */
export function createListener(
  parts: RouterParts,
  limits: DoorLimits,
  door: Door,
  tls: ServerTls | undefined,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.maxBodyBytes,
    serverFactory: (nest: RequestListener) => {
      const next = oneOfTwo(nest, parts, limits.maxBodyBytes);
      const options = { ...wireLimits(limits.clientTimeoutMs), ...CLIENTS };
      const listener = door.guard(next);
      // An `Expect` that nobody knows may be ignored; node would refuse it without a word. Spec: RFC 9110, 10.1.1.
      return door.watch(createHttpServer(tls, options, listener).on('checkExpectation', listener));
    },
    routerOptions: { ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerHttpFault,
    // A path that cannot be decoded, or with a part longer than any that is served.
    frameworkErrors: (_error: unknown, request: Raw<IncomingMessage>, reply: Raw<ServerResponse>) =>
      noSuchUrl(request.raw, reply.raw, parts),
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
}

function oneOfTwo(nest: RequestListener, parts: RouterParts, maxBodyBytes: number): RequestListener {
  return (request, response) => {
    if (isFunctional(request)) void serveFunctional(request, response, parts, maxBodyBytes);
    else nest(request, response);
  };
}

/** What Fastify wraps. */
interface Raw<T> {
  readonly raw: T;
}

function noSuchUrl(request: IncomingMessage, response: ServerResponse, parts: RouterParts): void {
  write(response, refuseStray(incomingFrom(request, request.url ?? '/', null), parts));
}

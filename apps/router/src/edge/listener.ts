import { HubError, refusalAnswer } from '@app/hub';
import { createHttpServer, type ServerTls } from '@app/runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { type RequestListener } from 'node:http';
import { type Socket } from 'node:net';
import { type RouterParts } from '../parts';
import { isFunctional, serveFunctional } from './functional';

/** Longest time for a request to arrive whole, in ms. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Idle connections are kept longer than the usual 60 s of proxies in front, so that those close first, in ms. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/**
 * Client certificates are asked for and none is demanded in the handshake: which platform must show which one is
 * known when the token of its request is.
 */
const CLIENTS = { requestCert: true, rejectUnauthorized: false };
const TIMEOUTS = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS };

/** The HTTP listener. Functional messages go their own short way, the rest goes to Nest; bodies stay bytes in both. */
export function createListener(
  parts: RouterParts,
  maxBodyBytes: number,
  tls: ServerTls | undefined,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    serverFactory: (nest: RequestListener) =>
      createHttpServer(tls, { ...TIMEOUTS, ...CLIENTS }, oneOfTwo(nest, parts, maxBodyBytes)),
    routerOptions: { ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerHttpFault,
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

/** Faults below HTTP semantics: a request that cannot be read has no ids to repeat. */
function answerHttpFault(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const ids = { requestId: randomUUID(), correlationId: randomUUID() };
  const { headers, body } = refusalAnswer(new HubError('bad_request'), ids, new Date());
  const lines = ['HTTP/1.1 400 Bad Request', 'Connection: close', `Content-Length: ${body.length}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
}

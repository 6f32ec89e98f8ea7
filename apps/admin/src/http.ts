import { type RequestListener } from 'node:http';
import { MAX_CORRELATION_ID_CHARACTERS } from '@app/hub';
import { createHttpServer, type ServerTls } from '@app/runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply } from 'fastify';
import { asProblem, Problem } from './problem';
import { RouteTable } from './route-table';

/** Bodies of this API are a few lines; a thousand planned parties need about 60 KB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Of a path parameter, the longest of which is an X-Correlation-ID. */
const MAX_PARAMETER_LENGTH = MAX_CORRELATION_ID_CHARACTERS;
/** From the first byte of a request to its last, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Idle connections are kept longer than the usual 60 s of proxies in front, so that those close first, in ms. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const TIMEOUTS = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS };

/** Nothing here may be guessed at, kept by a cache, or shown in a frame. */
const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** The HTTP server of the admin application, and the table of what it serves. */
export function adminServer(tls: ServerTls | undefined): {
  readonly adapter: FastifyAdapter;
  readonly routes: RouteTable;
} {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    serverFactory: (nest: RequestListener) => createHttpServer(tls, TIMEOUTS, nest),
    // A URL that cannot even be decoded reaches no route and no filter.
    frameworkErrors: (error: Error, _request: unknown, reply: unknown) =>
      refuse(error, reply as FastifyReply),
  });
  const routes = new RouteTable();
  const server = adapter.getInstance();
  server.addHook('onRoute', (route) => routes.add(route));
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    done();
  });
  readJson(adapter);
  readCsv(adapter);
  return { adapter, routes };
}

/** The one call that also takes CSV. */
const CSV_ROUTES = ['/admin/v1/agreements/import'];

/** JSON is the one media type. An empty body is none: `POST …/token-a` may come with a Content-Type all the same. */
function readJson(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const parsed = (error: Error | null, value?: unknown) =>
      done(error && new Problem('malformed_json', [], { cause: error }), value);
    if (body === '') done(null, undefined);
    else void parse(request, body as string, parsed);
  });
}

/** Left as bytes, so that it cannot be taken for a JSON string. */
function readCsv(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  server.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (request, body, done) => {
    if (CSV_ROUTES.includes(request.routeOptions.url ?? '')) done(null, body);
    else done(new Problem('unsupported_media_type'));
  });
}

function refuse(error: Error, reply: FastifyReply): void {
  const view = asProblem(error).view();
  void reply.status(view.status).headers(SECURITY_HEADERS).send(view);
}

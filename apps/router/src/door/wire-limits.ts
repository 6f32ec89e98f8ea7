/** What a request may be before anybody looks at what it says. */
import { HubError } from '@app/hub';
import { type IncomingMessage, type ServerOptions } from 'node:http';

/** Longest request target in bytes. An OCPI URL has at most 255 characters, and a query with a page's cursor as much again. */
const MAX_URL_BYTES = 4_096;
/** Lines of the head. OCPI needs ten; proxies and tracing add as many. */
const MAX_HEADERS = 100;
/** The whole head, request line included, in bytes: node's own default, named. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Longest time for the head to arrive, in ms; also for a new connection that says nothing. */
const HEAD_TIMEOUT_MS = 10_000;
/** How late a timeout may be noticed, in ms. */
const CHECK_EVERY_MS = 500;
/** Idle connections are kept longer than the usual 60 s of proxies in front, so that those close first, in ms. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Options of the HTTP server. @param clientTimeoutMs for a request to arrive whole */
export function wireLimits(clientTimeoutMs: number): ServerOptions {
  return {
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: Math.min(HEAD_TIMEOUT_MS, clientTimeoutMs),
    requestTimeout: clientTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    // Node would refuse it without a word; see `requireForm`.
    requireHostHeader: false,
  };
}

/** @throws HubError `url_too_long`, `headers_too_large`, `bad_request` */
export function requireForm({ url = '', rawHeaders, headers, httpVersion }: IncomingMessage): void {
  if (url.length > MAX_URL_BYTES) throw new HubError('url_too_long', `at most ${MAX_URL_BYTES} bytes`);
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    throw new HubError('headers_too_large', `at most ${MAX_HEADERS} lines`);
  }
  // Spec: RFC 9112, 3.2.
  if (headers.host === undefined && httpVersion === '1.1')
    throw new HubError('bad_request', 'Host is missing');
}

/**
 * The way of functional messages between the socket and the hub's path: straight on `node:http`.
 *
 * They are nearly all of the traffic and need nothing of what Nest and Fastify do for a request (routing, hooks,
 * parsing, serialising), which would cost more than all of the hub's own work on them; `npm run bench` shows it.
 * Everything else that listens here goes through Nest as usual.
 */
import { asHubError, endOfTurn, HubError, type Outgoing, refusalAnswer, runPath } from '@app/hub';
import { parseTarget, pathOf } from '@app/ocpi';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RouterParts } from '../parts';
import { incomingFrom } from './message';

/** Whether a request target is one of a functional module. It is never decoded or normalised. */
export function isFunctional({ url }: IncomingMessage): boolean {
  return parseTarget(pathOf(url ?? '/')) !== undefined;
}

/**
 * Takes one functional message from its request to its answer. Bodies stay bytes.
 *
 * @param maxBodyBytes a longer body is answered with 413, and the connection closed, without reading it to the end
 */
export async function serveFunctional(
  request: IncomingMessage,
  response: ServerResponse,
  parts: RouterParts,
  maxBodyBytes: number,
): Promise<void> {
  try {
    const body = hasBody(request) ? await readBody(request, maxBodyBytes) : null;
    await endOfTurn();
    write(response, await runPath(incomingFrom(request, request.url ?? '/', body), parts));
  } catch (error) {
    refuse(request, response, asHubError(error), parts);
  }
}

/** Spec: RFC 9110, 9.3.1: a body of a GET means nothing, so it is none. */
export function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * @returns `null` for a body of no bytes
 * @throws HubError `body_too_large`; Error when the caller went away before its end
 */
function readBody(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = () => reject(new HubError('body_too_large'));
    if (Number(request.headers['content-length']) > maxBodyBytes) return refuse();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBodyBytes) {
        request.removeAllListeners('data').pause();
        refuse();
      }
    });
    request.on('end', () =>
      resolve(bytes === 0 ? null : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
    );
    request.on('error', reject);
  });
}

/** Up to here one copy behind the head takes less time than a second buffer to write does (`npm run bench`). */
const MAX_BYTES_BEHIND_HEAD = 8 * 1024;

/** Writes an answer: status, headers in the order given, body bytes untouched (as Latin-1 each byte is one character). */
export function write(response: ServerResponse, { httpStatus, headers, body }: Outgoing): void {
  response.writeHead(httpStatus, [...headers, 'Content-Length', String(body.length)]);
  if (body.length <= MAX_BYTES_BEHIND_HEAD) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

/** Only what happens outside the path comes here: the path answers its own refusals. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: HubError,
  parts: RouterParts,
): void {
  if (response.destroyed || response.headersSent) return;
  if (error.code === 'internal') {
    parts.log.error({ err: error.cause, method: request.method }, 'request failed inside the hub');
  }
  // What is left of the body would be read as the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const { ids } = incomingFrom(request, request.url ?? '/', null);
  write(response, refusalAnswer(error, ids, parts.now()));
}

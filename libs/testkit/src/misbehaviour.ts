/** The ways in which a party's server may fail a caller, as rows. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

type Misbehave = (response: ServerResponse, request: IncomingMessage) => void;

/** Between two bytes of a slow answer: short enough that only a whole-answer deadline ends it. */
const TRICKLE_MS = 40;
/** One MiB more than the largest body that the hub takes by default. */
const OVERSIZED_BYTES = 5 * 1024 * 1024;

/** Somewhat less than the largest body that the hub takes by default. */
const STALLED_BYTES = 4_000_000;

const JSON_TYPE = { 'Content-Type': 'application/json' };
const HTML = '<!DOCTYPE html><html><body><h1>It works!</h1></body></html>';

export const MISBEHAVIOURS = {
  /** The request is read and nothing is ever answered. */
  hang: () => undefined,
  slow_headers: (response) => {
    trickle(response, 'HTTP/1.1 200 OK\r\nX-Slow: ');
  },
  slow_body: (response) => {
    trickle(response, 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
  },
  reset_before_answer: (response) => {
    response.socket?.resetAndDestroy();
  },
  close_before_answer: (response) => {
    response.socket?.destroy();
  },
  reset_mid_body: (response) => {
    cut(response, 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"status_code":1000,');
  },
  close_mid_chunks: (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sta');
  },
  close_mid_last_chunks: (response) => {
    response.socket?.end(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sta',
    );
  },
  not_http: (response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
  },
  html: (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(HTML),
  html_500: (response) => response.writeHead(500, { 'Content-Type': 'text/html' }).end(HTML),
  cut_json: (response) => response.writeHead(200, JSON_TYPE).end('{"status_code":1000,"data":[{"id":"LO'),
  status_401: (response) => response.writeHead(401, JSON_TYPE).end(envelope(2001, 'Unknown token')),
  status_403: (response) => response.writeHead(403, JSON_TYPE).end(envelope(2001, 'Not for you')),
  envelope_404: (response) => response.writeHead(404, JSON_TYPE).end(envelope(2003, 'Unknown location')),
  envelope_500: (response) => response.writeHead(500, JSON_TYPE).end(envelope(3000, 'Database is down')),
  status_429: (response) =>
    response.writeHead(429, { ...JSON_TYPE, 'Retry-After': '2' }).end(envelope(3000, 'Too fast')),
  /** Only the length is sent: who waits for the body waits for ever. */
  oversized_declared: (response) =>
    response.writeHead(200, { ...JSON_TYPE, 'Content-Length': OVERSIZED_BYTES }).flushHeaders(),
  oversized_chunked: (response) => {
    response.writeHead(200, { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' });
    for (let sent = 0; sent < OVERSIZED_BYTES; sent += 65_536) response.write(Buffer.alloc(65_536, ' '));
    response.end();
  },
  /** All but the last byte, which never comes. */
  stalled_body: (response) =>
    response
      .writeHead(200, { ...JSON_TYPE, 'Content-Length': STALLED_BYTES + 1 })
      .write(Buffer.alloc(STALLED_BYTES, ' ')),
  redirect: (response, request) =>
    response.writeHead(307, { Location: `/elsewhere${request.url ?? ''}` }).end(),
  empty_204: (response) => response.writeHead(204).end(),
  /** An answer compressed although nobody asked for it. */
  gzip_envelope: (response) =>
    response
      .writeHead(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' })
      .end(gzipSync(envelope(1000, 'Success'))),
} as const satisfies Record<string, Misbehave>;

export type Misbehaviour = keyof typeof MISBEHAVIOURS;

function envelope(statusCode: number, message: string): string {
  const timestamp = new Date().toISOString();
  return JSON.stringify({ status_code: statusCode, status_message: message, timestamp });
}

/** Bytes past the response object, so that the answer can be broken in ways that it would not allow. */
function trickle(response: ServerResponse, start: string): void {
  const { socket } = response;
  socket?.write(start);
  const timer = setInterval(() => socket?.write('a'), TRICKLE_MS);
  socket?.once('close', () => {
    clearInterval(timer);
  });
}

function cut(response: ServerResponse, start: string): void {
  const { socket } = response;
  socket?.write(start, () => setTimeout(() => socket.resetAndDestroy(), TRICKLE_MS));
}

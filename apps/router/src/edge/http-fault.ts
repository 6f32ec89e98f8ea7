import { HubError, refusalAnswer, type RefusalCode } from '@app/hub';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';

/** What node's parser gives up on; everything else is `bad_request`. */
const REFUSAL_OF_CODE: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
};
/** A caller that goes on sending is given so long, in ms, to read why nobody listens any more. */
const LINGER_MS = 1_000;

/** Answers what is no request: nothing of it can be read, so there are no ids to repeat. */
export function answerHttpFault(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const refusal = new HubError(REFUSAL_OF_CODE[error.code ?? ''] ?? 'bad_request');
  const ids = { requestId: randomUUID(), correlationId: randomUUID() };
  const { httpStatus, headers, body } = refusalAnswer(refusal, ids, new Date());
  const lines = [`HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}`, 'Connection: close'];
  lines.push(`Content-Length: ${body.length}`);
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

import { type Incoming, messageIds, type Outgoing } from '@app/hub';
import { pathOf } from '@app/ocpi';
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest } from './fastify';

/** The request as the hub's path takes it: raw path, raw body, ids known. */
export function incomingOf(request: FastifyRequest): Incoming {
  const { body } = request;
  const bytes = Buffer.isBuffer(body) && body.length > 0 ? body : null;
  return incomingFrom(request, request.originalUrl, bytes);
}

/** The same from what every kind of request has. @param requestTarget as it came off the wire */
export function incomingFrom(
  { method = '', headers, socket: connection }: Received,
  requestTarget: string,
  body: Buffer | null,
): Incoming {
  const { ids, idsMade } = messageIds(headers, randomUUID);
  const path = pathOf(requestTarget);
  return { method, path, headers, body, ids, idsMade, receivedAt: new Date(), connection };
}

interface Received {
  readonly method?: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** Writes an answer: status, headers in the order given, body bytes untouched. */
export function answer(reply: FastifyReply, { httpStatus, headers, body }: Outgoing): void {
  reply.code(httpStatus);
  for (let i = 0; i < headers.length; i += 2) reply.header(headers[i]!, headers[i + 1]!);
  reply.send(body);
}

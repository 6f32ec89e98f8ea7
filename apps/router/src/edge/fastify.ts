import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';

/** What the router uses of a Fastify request. */
export interface FastifyRequest {
  readonly method: string;
  /** As it came off the wire. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly socket: Socket;
}

/** What the router uses of a Fastify reply. */
export interface FastifyReply {
  code(httpStatus: number): unknown;
  header(name: string, value: string): unknown;
  send(body: Buffer): unknown;
  readonly sent: boolean;
}

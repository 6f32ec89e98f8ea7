import { HttpException } from '@nestjs/common';
import { HubError, InvalidCursor, type RefusalCode, SearchTooLong, StoreUnavailable } from '@app/hub';
import { type FastifyError } from 'fastify';
import { invalid, Problem } from './problem';
import { type ProblemCode } from './problem-rows';

/** What the framework says about a request that it cannot read or route, by HTTP status. */
const OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

/** Refusals of the credentials handshake that are a conflict here; all others say that the peer is of no use. */
const OF_REFUSAL: Partial<Record<RefusalCode, ProblemCode>> = {
  already_registered: 'already_registered',
  not_registered: 'not_registered',
  unauthorized: 'not_invited',
  handshake_running: 'handshake_running',
  party_taken: 'party_taken',
  party_not_announced: 'party_not_announced',
  parties_limit: 'limit_reached',
  custom_modules_limit: 'limit_reached',
  database_unavailable: 'database_unavailable',
  internal: 'internal',
};

const TOO_LONG =
  'since must be given, or be later: so few messages are like this that the search took too long';

const ABOUT_PEER: readonly ProblemCode[] = [
  'peer_unusable',
  'party_taken',
  'party_not_announced',
  'limit_reached',
];

/**
 * Any error as a refusal. What is not known to be the caller's doing becomes `internal`, whose own text
 * never reaches the caller.
 *
 * @param peerField the input that led to a peer, where that is what is wrong
 */
export function asProblem(error: unknown, peerField = 'versions_url'): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidCursor) return invalid('cursor', 'cursor was not given out by this list');
  if (error instanceof SearchTooLong) return invalid('since', TOO_LONG);
  if (error instanceof StoreUnavailable) return new Problem('database_unavailable', [], { cause: error });
  if (error instanceof HubError) return ofRefusal(error, peerField);
  return new Problem(codeOf(error), [], { cause: error });
}

/** What is wrong with a peer is told in the hub's own words. */
function ofRefusal(error: HubError, field: string): Problem {
  const code = OF_REFUSAL[error.code] ?? 'peer_unusable';
  const details = ABOUT_PEER.includes(code) ? [{ field, message: error.message }] : [];
  return new Problem(code, details, { cause: error });
}

/** The HTTP server's own errors come as they are when no route was reached yet, else as exceptions of Nest. */
function codeOf(error: unknown): ProblemCode {
  return (error instanceof Error && OF_STATUS[statusOf(error)]) || 'internal';
}

function statusOf(error: Error): number {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = error as Partial<FastifyError>;
  return (String(code).startsWith('FST_') && statusCode) || 500;
}

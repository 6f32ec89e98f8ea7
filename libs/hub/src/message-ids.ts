import { hash } from 'node:crypto';
import { CORRELATION_ID, type IncomingHeaders, type MessageIds, REQUEST_ID, single } from '@app/ocpi';

/**
 * The ids of a request; the hub makes those that a peer leaves out (liberal in what it accepts).
 *
 * Spec: 2.2.1-d2 transport_and_format, Unique message IDs.
 */
export function messageIds(
  headers: IncomingHeaders,
  newId: () => string,
): { readonly ids: MessageIds; readonly idsMade: boolean } {
  const requestId = single(headers[REQUEST_ID]);
  const correlationId = single(headers[CORRELATION_ID]);
  return {
    ids: { requestId: requestId || newId(), correlationId: correlationId || newId() },
    idsMade: !requestId || !correlationId,
  };
}

/** Longest correlation id that can be asked for: the longest head of a request has as many bytes. */
export const MAX_CORRELATION_ID_CHARACTERS = 16 * 1024;
/** A longer correlation id is kept as its beginning and its hash: an index of PostgreSQL takes 2,704 bytes at most. */
const MAX_KEPT_CHARACTERS = 255;
const HASH_MARK = '~sha256:';
const HASH_CHARACTERS = 64;
const BEGINNING_CHARACTERS = MAX_KEPT_CHARACTERS - HASH_MARK.length - HASH_CHARACTERS;

/**
 * Gives the form of a correlation id in which it is stored and looked for. An id of at most 255 characters is kept as it
 * is; of a longer one the first 183 characters and its SHA-256, so that two ids with the same beginning stay apart.
 * Clipping again changes nothing.
 */
export function clipCorrelationId(id: string): string {
  if (id.length <= MAX_KEPT_CHARACTERS) return id;
  return `${id.slice(0, BEGINNING_CHARACTERS)}${HASH_MARK}${hash('sha256', id, 'hex')}`;
}

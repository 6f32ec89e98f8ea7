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

import { envelope, idHeaders, type MessageIds, type PartyId, routingHeaders } from '@app/ocpi';
import { type Outgoing } from './exchange';
import { type HubError } from './hub-error';

/** Extra headers that HTTP asks for with a status. Spec: RFC 9110, 11.6.1 WWW-Authenticate. */
const STATUS_HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate', 'Token'],
};

/**
 * A refusal in the protocol's own form: the OCPI envelope, the caller's message ids, and routing headers
 * from the hub party once it is known who is asking.
 *
 * Spec: 2.2.1-d2 transport_and_format, Response format; status_codes.
 */
export function refusalAnswer(
  error: HubError,
  ids: MessageIds,
  now: Date,
  routing?: { readonly to: PartyId; readonly from: PartyId },
): Outgoing {
  const { httpStatus, ocpiStatus } = error.row;
  return {
    httpStatus,
    headers: [
      ...['Content-Type', 'application/json; charset=utf-8'],
      ...idHeaders(ids),
      ...(routing ? routingHeaders(routing.to, routing.from) : []),
      ...(STATUS_HEADERS[httpStatus] ?? []),
      ...(error.allow === undefined ? [] : ['Allow', error.allow.join(', ')]),
      ...(error.retryAfterSeconds === undefined ? [] : ['Retry-After', String(error.retryAfterSeconds)]),
    ],
    body: Buffer.from(JSON.stringify(envelope(ocpiStatus, now, undefined, error.message))),
  };
}

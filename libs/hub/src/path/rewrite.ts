import { backwardHeaders, idHeaders, routingHeaders } from '@app/ocpi';
import { type Answer, type Outgoing, type Relayed } from '../exchange';

/**
 * Step 6: the answer as the caller gets it: its own message ids, and routing headers that name the answering
 * party, supplied when the receiver left them out.
 *
 * Spec: 2.2.1-d2 transport_and_format, Party to Party via Hub (Direct response).
 */
export function rewrite(relayed: Relayed): Outgoing {
  const { answer, from, ids } = relayed;
  return {
    httpStatus: answer.httpStatus,
    headers: [...backwardHeaders(headersOf(answer)), ...idHeaders(ids), ...routingHeaders(from, answer.from)],
    body: answer.body,
  };
}

/** OCPI knows no redirects. A caller that followed one would take its token wherever the receiver says. */
function headersOf({ httpStatus, headers }: Answer): Answer['headers'] {
  if (httpStatus < 300 || httpStatus > 399 || headers.location === undefined) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'location'));
}

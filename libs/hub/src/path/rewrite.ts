import { backwardHeaders, idHeaders, routingHeaders } from '@app/ocpi';
import { type Outgoing, type Relayed } from '../exchange';

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
    headers: [...backwardHeaders(answer.headers), ...idHeaders(ids), ...routingHeaders(from, answer.from)],
    body: answer.body,
  };
}

/**
 * The open road: the request names no receiver.
 *
 * Spec: 2.2.1-d2 transport_and_format, Open Routing Request.
 */
import { type AskParts, askIssuers, finderOf } from '../finders';
import { type Permitted, type Relayed } from '../exchange';
import { broadcast, type BroadcastParts } from './broadcast';
import { direct } from './direct';

export type OpenRoutingParts = AskParts & BroadcastParts;

/**
 * Takes the message to the receiver that was found; without one, asks all who might know, or broadcasts it.
 *
 * @throws HubError when there is no OCPI answer to hand back
 */
export function openRouting(message: Permitted, parts: OpenRoutingParts): Promise<Relayed> {
  if (message.receiver) return direct(message, parts);
  const ask = finderOf(message)?.ask;
  return ask ? askIssuers(message, ask, parts) : broadcast(message, parts);
}

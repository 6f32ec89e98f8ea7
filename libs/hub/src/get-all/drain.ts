/** Asking one party for its objects, in the name of the requester. */
import {
  idHeaders,
  isMergeable,
  isSuccess,
  joinEndpoint,
  type PartyId,
  routingHeaders,
  sameParty,
} from '@app/ocpi';
import { type Permitted } from '../exchange';
import { asHubError, HubError } from '../hub-error';
import { type ListedPage, readListedPage } from '../objects/listed-page';
import { ownerIn } from '../objects/object-change';
import { type Courier } from '../ports';
import { type Patiences, send } from '../roads/direct';
import { type Counterpart } from './counterparts';
import { type ListRequest } from './list-request';

export interface DrainParts {
  readonly courier: Courier;
  readonly patience: Patiences;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** What is asked of each party. */
export interface Question {
  readonly message: Permitted;
  readonly request: ListRequest;
  /** After half of the time no further request is begun, in ms since 1970; each may take the other half. */
  readonly halfTime: number;
}

/** A party and how many of its objects were given already. */
export interface Queued extends Counterpart {
  readonly offset: number;
}

/** What one party answered. */
export interface Drained {
  /** Each object's own bytes; null in the place of one that is not the party's, or not for every reader. */
  readonly elements: readonly (Buffer | null)[];
  /** It has further ones. */
  readonly more: boolean;
  /** How many it has in all, as far as it said. */
  readonly total: number;
  /** Why it is left out, or from where on. */
  readonly fault?: string;
}

/** What is asked for of a list. */
interface Place {
  readonly offset: number;
  readonly limit: number;
}

const NEXT_OFFSET = /[?&]offset=(\d{1,9})(?![\w.%])/;

/** Page by page until there is enough, the party has no more, or half of the time is over. Never rejects. */
export async function drain(
  queued: Queued,
  question: Question,
  enough: number,
  parts: DrainParts,
): Promise<Drained> {
  const elements: (Buffer | null)[] = [];
  let total = 0;
  try {
    for (;;) {
      const place = { offset: queued.offset + elements.length, limit: enough - elements.length };
      const page = await ask(queued, question, place, parts);
      const before = elements.length;
      elements.push(
        ...page.elements.map((body) => (isOf(queued.party, body) && isMergeable(body) ? body : null)),
      );
      elements.push(...leftOut(page, place));
      total = page.total ?? queued.offset + elements.length;
      const more = page.link !== undefined;
      if (more && elements.length === before)
        throw new HubError('list_refused', 'an empty page leads no further');
      if (!more || elements.length >= enough || isLate(question, parts)) return { elements, more, total };
    }
  } catch (error) {
    return { elements, more: false, total, fault: asHubError(error).message };
  }
}

/**
 * The places of objects that a party left out of a page, of others for example: they count in the offset with which
 * its `Link` leads on.
 */
function leftOut({ link = '', elements }: ListedPage, { offset, limit }: Place): readonly null[] {
  const next = Number(NEXT_OFFSET.exec(link)?.[1] ?? 0);
  const gap = Math.min(next - offset, limit) - elements.length;
  return Array.from({ length: Math.max(gap, 0) }, () => null);
}

/** How many objects a party has; 0 when it does not say. Never rejects. */
export async function totalOf(party: Counterpart, question: Question, parts: DrainParts): Promise<number> {
  const { total } = await drain({ ...party, offset: 0 }, question, 1, parts);
  return total;
}

/** Whether it is too late to begin another request. */
export function isLate({ halfTime }: Question, { now }: DrainParts): boolean {
  return now().getTime() >= halfTime;
}

async function ask(
  { platform, party }: Counterpart,
  { message, request }: Question,
  place: Place,
  { courier, patience, newId }: DrainParts,
): Promise<ListedPage> {
  const { caller, from, ids, target } = message;
  if (platform.record.status === 'OFFLINE') throw new HubError('receiver_offline');
  const query = new URLSearchParams(request.query);
  query.delete('cursor');
  for (const [name, value] of Object.entries(place)) query.set(name, String(value));
  const answer = await send(courier, {
    platformId: platform.id,
    callerId: caller.id,
    module: target.module,
    method: 'GET',
    url: joinEndpoint(platform.endpoint(target.module, 'SENDER') ?? '', '', `?${query.toString()}`),
    headers: [
      ...['Authorization', platform.authorization ?? '', 'Accept', 'application/json'],
      ...routingHeaders(party, from),
      ...idHeaders({ requestId: newId(), correlationId: ids.correlationId }),
    ],
    body: null,
    timeoutMs: Math.ceil(patience.forward / 2),
  });
  const page = readListedPage(answer, platform.id);
  if (page.httpStatus < 300 && isSuccess(page.ocpiStatus)) return page;
  throw new HubError('list_refused', `HTTP ${page.httpStatus}, OCPI ${page.ocpiStatus}`);
}

/** A party that lists others' objects too would otherwise make them appear twice. */
function isOf(party: PartyId, object: Uint8Array): boolean {
  const owner = ownerIn(object);
  return owner === undefined || (owner !== null && sameParty(owner, party));
}

/** Asking one party for its objects, in the name of the requester. */
import { isMergeable, joinEndpoint, type PartyId, sameParty } from '@app/ocpi';
import { requireStillOwn } from '../detours';
import { type Permitted } from '../exchange';
import { asHubError, HubError } from '../hub-error';
import { ownerIn } from '../objects/object-change';
import { askPage, takePage } from '../peer-lists/ask-page';
import {
  beginning,
  ListWalk,
  type WalkedPage,
  type WalkOptions,
  type WalkState,
} from '../peer-lists/list-walk';
import { type Courier } from '../ports';
import { type Patiences } from '../roads/direct';
import { TurnBudget } from '../turn-budget';
import { type Counterpart } from './counterparts';
import { type ListRequest } from './list-request';

/** Pages of one party that one page of the hub may take. */
const MAX_PAGES = 10;
/** Objects of a party that a walk remembers from one page of the hub to the next, to tell a repeated one: 6 kB. */
const REMEMBERED_OBJECTS = 500;

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

/** A party and where in its list it is asked. */
export interface Queued extends Counterpart {
  /** Where an earlier page of the hub left its list; null: at the beginning. */
  readonly walk: WalkState | null;
  /** Objects that are left out first: the reader has them. */
  readonly drop: number;
}

/** One object, and where a walk goes on that has everything before it. */
export interface Found {
  readonly body: Buffer;
  readonly at: WalkState;
}

/** What one party answered. */
export interface Drained {
  readonly objects: readonly Found[];
  /** Where its list goes on after these; null when it is at its end. */
  readonly next: WalkState | null;
  /** How many it has in all, as far as it said. */
  readonly total: number;
  /** What the reader must know. */
  readonly note?: string;
}

/** Page by page until there is enough, the party has no more, or half of the time is over. Never rejects. */
export async function drain(
  queued: Queued,
  question: Question,
  enough: number,
  parts: DrainParts,
): Promise<Drained> {
  const walk = new ListWalk(optionsOf(queued, question), queued.walk ?? undefined);
  const found: Found[] = [];
  const drained = (rest: Omit<Drained, 'objects' | 'total'>, total: number): Drained => ({
    ...{ objects: found.slice(queued.drop), ...rest },
    total: Math.max(total, walk.found + (rest.next && total === 0 ? 1 : 0)),
  });
  let total = 0;
  try {
    for (let pages = 1; ; pages++) {
      const before = walk.snapshot();
      const { page, news } = await takePage(walk, (url) => ask(queued, url, question, parts));
      found.push(...(await foundIn(page, news, before, queued.party)));
      total = page.total ?? 0;
      if (walk.isOver) return drained({ next: null, ...noteOf(queued, walk, found.length) }, total);
      const isEnough = found.length >= enough + queued.drop;
      if (isEnough || pages >= MAX_PAGES || isLate(question, parts)) break;
    }
  } catch (error) {
    return drained({ next: null, note: `${queued.key} is left out: ${asHubError(error).message}` }, total);
  }
  if (found.length < queued.drop) return drained({ next: null, note: notReached(queued) }, total);
  return drained({ next: walk.snapshot() }, total);
}

function noteOf({ key }: Queued, { shortage }: ListWalk, found: number): Pick<Drained, 'note'> {
  if (shortage === undefined) return {};
  return { note: `${key} ${found === 0 ? 'is left out' : 'is not complete'}: ${shortage}` };
}

function notReached({ key, drop }: Queued): string {
  return `${key} is left out: its list is read from the beginning alone, too long for ${drop} objects; follow Link`;
}

/** The objects of a page that the reader does not have, of this party, and fit for every reader. */
async function foundIn(
  page: WalkedPage,
  news: readonly boolean[],
  before: WalkState,
  party: PartyId,
): Promise<Found[]> {
  const budget = new TurnBudget();
  const found: Found[] = [];
  for (const [index, body] of page.elements.entries()) {
    if (!news[index]) continue;
    if (isOf(party, body) && isMergeable(body)) found.push({ body, at: { ...before, skip: index } });
    const pause = budget.spend(body);
    if (pause) await pause;
  }
  return found;
}

/**
 * How many objects a party has, 0 when it does not say, and whether its pages begin where `offset` says.
 * Never rejects.
 */
export async function totalOf(
  party: Counterpart,
  question: Question,
  parts: DrainParts,
): Promise<{ readonly total: number; readonly counts: boolean }> {
  const one = { ...question, request: { ...question.request, limit: 1 } };
  const url = urlOf(party, one)(0);
  try {
    const { elements, total, next } = await ask(party, url, question, parts);
    const counts = elements.length <= 1 && (next.kind !== 'own' || /[?&]offset=1(?!\d)/.test(next.url));
    return { total: total ?? elements.length, counts };
  } catch {
    return { total: 0, counts: true };
  }
}

/** The place of a party's list before which `offset` objects are. */
export function startAt(party: Counterpart, question: Question, offset: number, counts: boolean): Queued {
  if (offset === 0 || !counts) return { ...party, walk: null, drop: offset };
  return { ...party, walk: beginning(optionsOf(party, question), offset), drop: 0 };
}

/** Whether it is too late to begin another request. */
export function isLate({ halfTime }: Question, { now }: DrainParts): boolean {
  return now().getTime() >= halfTime;
}

function optionsOf(party: Counterpart, question: Question): WalkOptions {
  return { urlAt: urlOf(party, question), limit: question.request.limit, memory: REMEMBERED_OBJECTS };
}

/** The URL that asks a party for its list from an offset on, with the filters of the requester. */
export function urlOf({ platform }: Counterpart, { message, request }: Question): (offset: number) => string {
  const endpoint = platform.endpoint(message.target.module, 'SENDER') ?? '';
  return (offset) => {
    const query = new URLSearchParams(request.query);
    query.delete('cursor');
    query.set('offset', String(offset));
    query.set('limit', String(request.limit));
    return joinEndpoint(endpoint, '', `?${query.toString()}`);
  };
}

function ask(
  { platform, party }: Counterpart,
  url: string,
  { message }: Question,
  { courier, patience, newId }: DrainParts,
): Promise<WalkedPage> {
  const { caller, from, ids, target } = message;
  requireStillOwn(platform, url);
  if (platform.record.status === 'OFFLINE') throw new HubError('receiver_offline');
  return askPage(
    {
      ...{ platform, from, to: party, url, timeoutMs: Math.ceil(patience.forward / 2) },
      ids: { requestId: newId(), correlationId: ids.correlationId },
      asker: { callerId: caller.id, module: target.module },
    },
    courier,
  );
}

/** A party that lists others' objects too would otherwise make them appear twice. */
function isOf(party: PartyId, object: Uint8Array): boolean {
  const owner = ownerIn(object);
  return owner === undefined || (owner !== null && sameParty(owner, party));
}

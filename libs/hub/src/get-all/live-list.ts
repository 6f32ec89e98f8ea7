/**
 * GET All of what belongs to two parties only: each party is asked, as the requester, and what it answers is
 * put together party by party.
 */
import { type PartyKey } from '@app/ocpi';
import { type Detours, listOf } from '../detours';
import { causeOf } from '../detours/wanted';
import { type Permitted } from '../exchange';
import { HubError } from '../hub-error';
import { type WalkState } from '../peer-lists/list-walk';
import { type Detour } from '../ports';
import { type Counterpart } from './counterparts';
import {
  drain,
  type Drained,
  type DrainParts,
  isLate,
  type Queued,
  type Question,
  startAt,
  totalOf,
  urlOf,
} from './drain';
import { type ListPage } from './list-page';
import { CURSOR, isPlace, type ListRequest } from './list-request';

/** Parties asked at the same time for one page. */
const PARALLEL = 8;

export interface LiveParts extends DrainParts {
  readonly detours: Pick<Detours, 'find' | 'findPage' | 'keepPage'>;
}

/** A page that is being filled. */
interface Filling {
  readonly limit: number;
  readonly bodies: Buffer[];
  readonly notes: string[];
  /** Objects of the parties asked so far, as they say. */
  counted: number;
}

/** Where a list goes on, as it is kept between two pages of the hub. */
interface LivePlace {
  /** Parties before this one were asked to their end. */
  readonly party: PartyKey;
  /** Where in its list; null: at the beginning. */
  readonly walk: WalkState | null;
  /** Objects of all parties, as counted for the first page. */
  readonly total: number;
}

/** Where the next page goes on, and which parties were not asked for anything yet. */
interface Rest {
  readonly party: Counterpart;
  readonly walk: WalkState | null;
  readonly unasked: readonly Counterpart[];
}

/** Where a page begins; the total is missing on the first one, which then counts. */
interface Start {
  readonly queue: readonly Queued[];
  readonly offset: number;
  readonly total?: number;
}

/**
 * One page: parties in the order of their names, each to its end, until the page is full or half of the time is
 * over. The hub keeps how far it came with which party, for readers that follow `Link` and for those that ask for the
 * next offset. A party that fails is left out and named.
 */
export async function liveList(
  message: Permitted,
  request: ListRequest,
  counterparts: readonly Counterpart[],
  parts: LiveParts,
): Promise<ListPage> {
  const { module } = message.target;
  const able = counterparts.filter(({ platform }) => platform.endpoint(module, 'SENDER') !== undefined);
  const halfTime = parts.now().getTime() + parts.patience.forward / 2;
  const question = { message, request, halfTime };
  const start = await startOf(able, question, parts);
  const page: Filling = { limit: request.limit, bodies: [], notes: [], counted: 0 };
  const rest = await fill(page, start.queue, question, parts);
  const counted = start.total ?? page.counted + (await totalsOf(rest?.unasked ?? [], question, parts)).sum;
  const nextOffset = start.offset + page.bodies.length;
  const total = Math.max(counted, nextOffset);
  const next = rest && (await keepPlace(question, rest, { total, nextOffset }, parts));
  return { bodies: page.bodies, notes: page.notes, next: next ?? null, nextOffset, total };
}

/** An offset that the hub handed out leads to where that page ended; of any other one, the parties' totals decide. */
async function startOf(
  parties: readonly Counterpart[],
  question: Question,
  parts: LiveParts,
): Promise<Start> {
  const { message, request } = question;
  const list = listOf(message, null);
  const { cursor, offset } = request;
  if (cursor !== null) {
    const kept = await parts.detours.find(cursor);
    if (kept?.page?.list !== list) throw new HubError('parameter_malformed', CURSOR);
    if (isPlace(kept.page.offset, request)) return placeOf(kept, parties);
  }
  if (offset === 0) return { queue: queueFrom(parties), offset };
  const kept = await parts.detours.findPage(list, offset);
  return kept ? placeOf(kept, parties) : coldStart(parties, question, parts);
}

/** What the hub kept itself is of the shape that it wrote. */
function placeOf({ page }: Detour, parties: readonly Counterpart[]): Start {
  const { party, walk, total } = page!.place as LivePlace;
  const queue = parties
    .filter(({ key }) => key >= party)
    .map((each) => ({ ...each, walk: each.key === party ? walk : null, drop: 0 }));
  return { queue, offset: page!.offset, total };
}

function queueFrom(parties: readonly Counterpart[]): Queued[] {
  return parties.map((party) => ({ ...party, walk: null, drop: 0 }));
}

/** An offset counts the objects of all parties, so these are asked how many they have. */
async function coldStart(
  parties: readonly Counterpart[],
  question: Question,
  parts: DrainParts,
): Promise<Start> {
  const { offset } = question.request;
  const totals = await totalsOf(parties, question, parts);
  let left = offset;
  const first = parties.findIndex((_, index) => {
    if (left < totals.each[index]!.total) return true;
    left -= totals.each[index]!.total;
    return false;
  });
  if (first === -1) return { queue: [], offset, total: totals.sum };
  const begun = startAt(parties[first]!, question, left, totals.each[first]!.counts);
  return { queue: [begun, ...queueFrom(parties.slice(first + 1))], offset, total: totals.sum };
}

/** @returns where to go on; `undefined` when every party was asked to its end */
async function fill(
  page: Filling,
  queue: readonly Queued[],
  question: Question,
  parts: DrainParts,
): Promise<Rest | undefined> {
  for (let at = 0; at < queue.length; at += PARALLEL) {
    const first = queue[at]!;
    const isOver = page.bodies.length >= page.limit || (at > 0 && isLate(question, parts));
    if (isOver) return { party: first, walk: first.walk, unasked: queue.slice(at) };
    const asked = queue.slice(at, at + PARALLEL);
    const enough = page.limit - page.bodies.length;
    const answers = await Promise.all(asked.map((each) => drain(each, question, enough, parts)));
    page.counted += sum(answers.map(({ total }) => total));
    const stop = takeInOrder(page, asked, answers);
    if (stop) return { ...stop, unasked: queue.slice(at + PARALLEL) };
  }
  return undefined;
}

/** What comes after a party that has more is asked for again with the next page. */
function takeInOrder(
  page: Filling,
  asked: readonly Queued[],
  answers: readonly Drained[],
): Omit<Rest, 'unasked'> | undefined {
  for (const [index, party] of asked.entries()) {
    if (page.bodies.length >= page.limit) return { party, walk: party.walk };
    const walk = take(page, answers[index]!);
    if (walk) return { party, walk };
  }
  return undefined;
}

/** @returns where the party's list goes on; null when the page has all of it */
function take(page: Filling, { objects, next, note }: Drained): WalkState | null {
  for (const { body, at } of objects) {
    if (page.bodies.length >= page.limit) return at;
    page.bodies.push(body);
  }
  if (note !== undefined) page.notes.push(note);
  return next;
}

/** @returns the cursor of the next page */
function keepPlace(
  question: Question,
  { party, walk }: Rest,
  { total, nextOffset }: { readonly total: number; readonly nextOffset: number },
  { detours }: LiveParts,
): Promise<string> {
  const { message } = question;
  const { module, interfaceRole, version } = message.target;
  const place: LivePlace = { party: party.key, walk, total };
  return detours.keepPage({
    ...{ kind: 'link', target: walk?.url ?? urlOf(party, question)(0), module, interfaceRole, version },
    holder: { platformId: message.caller.id, party: message.from },
    owner: { platformId: party.platform.id, party: party.party },
    cause: causeOf(message),
    page: { list: listOf(message, null), offset: nextOffset, place },
  });
}

interface Totals {
  readonly each: readonly { readonly total: number; readonly counts: boolean }[];
  readonly sum: number;
}

/** Asked for the first page only; of a party that does not say in time, 0. */
async function totalsOf(
  parties: readonly Counterpart[],
  question: Question,
  parts: DrainParts,
): Promise<Totals> {
  const each = parties.map(() => ({ total: 0, counts: true }));
  let next = 0;
  const count = async (): Promise<void> => {
    while (next < parties.length && !isLate(question, parts)) {
      const index = next++;
      each[index] = await totalOf(parties[index]!, question, parts);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, count));
  return { each, sum: sum(each.map(({ total }) => total)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

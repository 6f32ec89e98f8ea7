/**
 * GET All of what belongs to two parties only: each party is asked, as the requester, and what it answers is
 * put together party by party.
 */
import { type PartyKey } from '@app/ocpi';
import { type Permitted } from '../exchange';
import { type Counterpart } from './counterparts';
import { drain, type Drained, type DrainParts, isLate, type Queued, type Question, totalOf } from './drain';
import { type ListPage } from './list-page';
import { type ListRequest, type LivePlace, readLive, writeLive } from './list-request';

/** Parties asked at the same time for one page. */
const PARALLEL = 8;
/** Sorts after the name of every party. */
const AFTER_ALL = '~';

/** A page that is being filled. */
interface Filling {
  readonly limit: number;
  readonly bodies: Buffer[];
  readonly notes: string[];
  /** Objects of the parties asked so far, as they say. */
  counted: number;
}

/** Where the next page goes on, and which parties were not asked for anything yet. */
interface Rest {
  readonly party: PartyKey;
  readonly offset: number;
  readonly unasked: readonly Counterpart[];
}

/**
 * One page: parties in the order of their names, each to its end, until the page is full or half of the time is
 * over. The cursor says how far it came with which party. A party that fails is left out and named.
 */
export async function liveList(
  message: Permitted,
  request: ListRequest,
  counterparts: readonly Counterpart[],
  parts: DrainParts,
): Promise<ListPage> {
  const { module } = message.target;
  const able = counterparts.filter(({ platform }) => platform.endpoint(module, 'SENDER') !== undefined);
  const halfTime = parts.now().getTime() + parts.patience.forward / 2;
  const question = { message, request, halfTime };
  const start = await startOf(able, question, parts);
  const page: Filling = { limit: request.limit, bodies: [], notes: [], counted: 0 };
  const rest = await fill(page, queueFrom(able, start), question, parts);
  const total = start.total ?? page.counted + sum(await totalsOf(rest?.unasked ?? [], question, parts));
  const next = rest ? writeLive(module, { party: rest.party, offset: rest.offset, total }) : null;
  return { bodies: page.bodies, notes: page.notes, next, total };
}

/** Where a page begins; `total` is missing on the first one, which then counts. */
type Start = Omit<LivePlace, 'total'> & Partial<LivePlace>;

/** An offset without a cursor counts the objects of all parties, so these are asked how many they have. */
async function startOf(
  parties: readonly Counterpart[],
  question: Question,
  parts: DrainParts,
): Promise<Start> {
  const { message, request } = question;
  if (request.cursor !== null) return readLive(message.target.module, request.cursor);
  if (request.offset === 0) return { party: '', offset: 0 };
  const totals = await totalsOf(parties, question, parts);
  let offset = request.offset;
  const first = parties.findIndex((_, index) => {
    if (offset < totals[index]!) return true;
    offset -= totals[index]!;
    return false;
  });
  return { party: parties[first]?.key ?? AFTER_ALL, offset, total: sum(totals) };
}

function queueFrom(parties: readonly Counterpart[], start: Start): Queued[] {
  return parties
    .filter(({ key }) => key >= start.party)
    .map((each) => ({ ...each, offset: each.key === start.party ? start.offset : 0 }));
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
    if (isOver) return { party: first.key, offset: first.offset, unasked: queue.slice(at) };
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
  for (const [index, { key, offset }] of asked.entries()) {
    const taken = page.bodies.length < page.limit ? take(page, key, answers[index]!) : 0;
    if (taken !== undefined) return { party: key, offset: offset + taken };
  }
  return undefined;
}

/** @returns how many objects were taken when the party has more; `undefined` when it is at its end */
function take(page: Filling, key: PartyKey, { elements, more, fault }: Drained): number | undefined {
  for (const [taken, element] of elements.entries()) {
    if (page.bodies.length >= page.limit) return taken;
    if (element) page.bodies.push(element);
  }
  if (fault !== undefined) page.notes.push(`${key} is left out: ${fault}`);
  return more ? elements.length : undefined;
}

/** Asked for the first page only; of whoever does not say in time, 0. */
async function totalsOf(
  parties: readonly Counterpart[],
  question: Question,
  parts: DrainParts,
): Promise<readonly number[]> {
  const totals = parties.map(() => 0);
  let next = 0;
  const count = async (): Promise<void> => {
    while (next < parties.length && !isLate(question, parts)) {
      const index = next++;
      totals[index] = await totalOf(parties[index]!, question, parts);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, count));
  return totals;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Where the hub's `Link` leads in numbers, for clients that read `offset` and `limit` out of it. */
import { findElements, wholeNumber } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Permitted } from '../exchange';
import { valueIn } from '../objects/object-change';
import { MAX_IDLE_PAGES } from '../peer-lists/list-walk';
import { fingerprintOf } from '../peer-lists/object-name';
import { type Detour, type DetourPage } from '../ports';
import { listOf } from './list-name';
import { type Returning } from './returning';

/** Filters that the next page has in common with this one. */
const DATES = ['date_from', 'date_to'] as const;

/** Pages of one list that the hub remembers, so that a reader is led to none of them again. */
const REMEMBERED_PAGES = 50;

/** What the hub remembers of the pages before one, in the URL that it hands out for it. */
interface PagesBefore {
  /** Fingerprints of their URLs. */
  readonly asked: readonly string[];
  /** The last of them that were empty, in a row. */
  readonly idle: number;
}

/** The next page of a peer's list: its URL at the peer, and where it is as its reader counts. */
export interface NextPlace {
  readonly target: string;
  readonly page: DetourPage;
}

/**
 * The page that a `Link` of a peer leads to. In place of a page that the reader had, it is the next offset while the
 * peer's total says that there is more.
 *
 * @returns `undefined` when the list ends here: the `Link` leads back, or further pages would be empty like the last ones
 */
export function pageAfter(returning: Returning, target: string): NextPlace | undefined {
  const { message, receiver, answer, url } = returning;
  const { asked, idle }: PagesBefore = { asked: [], idle: 0, ...message.page?.place };
  const objects = objectsIn(answer, receiver.platform.id);
  const pages = [...asked, pageName(url)].slice(-REMEMBERED_PAGES);
  const place: PagesBefore = { asked: pages, idle: objects === 0 ? idle + 1 : 0 };
  const own = message.page?.offset ?? numberIn(queryOf(message.path), 'offset') ?? 0;
  const isBack = pages.includes(pageName(target));
  const said = isBack ? 0 : (numberIn(queryOf(target), 'offset') ?? 0);
  const offset = said > own ? said : own + Math.max(objects ?? 0, 1);
  const total = wholeNumber(answer.headers['x-total-count']?.trim() ?? '') ?? 0;
  if (place.idle >= MAX_IDLE_PAGES || (isBack && (!objects || offset >= total))) return undefined;
  const list = message.page?.list ?? listOf(message, receiver.party);
  return { target: isBack ? atOffset(url, offset) : target, page: { list, offset, place } };
}

/** One name for a page however its URL is written: no offset is 0, and its limit does not say where it begins. */
function pageName(url: string): string {
  const page = new URL(url);
  page.searchParams.delete('limit');
  if (page.searchParams.get('offset') === '0') page.searchParams.delete('offset');
  page.searchParams.sort();
  return fingerprintOf(page.href.replace(/\?$/, ''));
}

function atOffset(url: string, offset: number): string {
  const counted = new URL(url);
  counted.searchParams.set('offset', String(offset));
  return counted.href;
}

/** The query that the hub's `Link` to the page carries. */
export function pageQuery({ message, receiver, answer }: Returning, { offset }: DetourPage): string {
  const asked = queryOf(message.path);
  const limit = numberIn(asked, 'limit') ?? wholeNumber(answer.headers['x-limit']?.trim() ?? '');
  const query = new URLSearchParams({ offset: String(offset) });
  query.set('limit', String(limit || Math.max(objectsIn(answer, receiver.platform.id) ?? 0, 1)));
  for (const name of DATES) if (asked.has(name)) query.set(name, asked.get(name)!);
  return query.toString();
}

/** The offset of a request for a further page of a party's list; `undefined` for any other request. */
export function furtherOffset({ method, target, scenario }: Permitted): number | undefined {
  if (method !== 'GET' || scenario === 'callback' || (target.rest !== '' && target.rest !== '/'))
    return undefined;
  return target.query.includes('offset=')
    ? numberIn(queryOf(target.query), 'offset') || undefined
    : undefined;
}

/** Whether a kept URL says the same as the request: then the peer counts offsets, and the request goes on as it is. */
export function isCounted({ target, page }: Detour): boolean {
  return numberIn(queryOf(target), 'offset') === page?.offset;
}

/** @returns `undefined` when the data is no list, as a custom module may have it */
function objectsIn({ headers, body }: Returning['answer'], by: string): number | undefined {
  const plain = decodedBody(body, headers['content-encoding'], by);
  const data = plain && valueIn(plain, 'data');
  return data && findElements(data)?.length;
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('?')[1] ?? '');
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  return wholeNumber(query.get(name) ?? '');
}

/** Where the hub's `Link` leads in numbers, for clients that read `offset` and `limit` out of it. */
import { findElements, wholeNumber } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Permitted } from '../exchange';
import { valueIn } from '../objects/object-change';
import { type Detour, type DetourPage } from '../ports';
import { type Returning } from './backward';
import { listOf } from './list-name';

/** Filters that the next page has in common with this one. */
const DATES = ['date_from', 'date_to'] as const;

/** The page that a `Link` of a peer leads to, as its reader counts. */
export function pageAfter({ message, receiver, answer }: Returning, target: string): DetourPage {
  const own = message.page?.offset ?? numberIn(queryOf(message.path), 'offset') ?? 0;
  const said = numberIn(queryOf(target), 'offset') ?? 0;
  const offset = said > own ? said : own + Math.max(objectsIn(answer, receiver.platform.id), 1);
  return { list: message.page?.list ?? listOf(message, receiver.party), offset, place: {} };
}

/** The query that the hub's `Link` to the page carries. */
export function pageQuery({ message, receiver, answer }: Returning, { offset }: DetourPage): string {
  const asked = queryOf(message.path);
  const limit = numberIn(asked, 'limit') ?? wholeNumber(answer.headers['x-limit']?.trim() ?? '');
  const query = new URLSearchParams({ offset: String(offset) });
  query.set('limit', String(limit || Math.max(objectsIn(answer, receiver.platform.id), 1)));
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

function objectsIn({ headers, body }: Returning['answer'], by: string): number {
  const plain = decodedBody(body, headers['content-encoding'], by);
  const data = plain && valueIn(plain, 'data');
  return (data && findElements(data)?.length) ?? 0;
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('?')[1] ?? '');
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  return wholeNumber(query.get(name) ?? '');
}

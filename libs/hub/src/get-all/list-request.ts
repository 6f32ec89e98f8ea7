/** What a GET All asks for, and the cursors of its pages. */
import { type Paging, parsePaging, type Target } from '@app/ocpi';
import { HubError } from '../hub-error';

/** The query parameter that tells the page of a GET All from any other request. */
export const CURSOR = 'cursor';

export interface ListRequest extends Paging {
  /** As it came: its filters go on to the next page. */
  readonly query: URLSearchParams;
  /** Null on the first page. */
  readonly cursor: string | null;
}

/** Whether a query continues a GET All, which then needs no receiver. */
export function resumesGetAll({ rest, query }: Target): boolean {
  return isList(rest) && query.includes(CURSOR) && new URLSearchParams(query).has(CURSOR);
}

/** Whether the path names a list and not one object. */
export function isList(rest: string): boolean {
  return rest === '' || rest === '/';
}

/** @throws HubError `parameter_malformed`, naming the parameter */
export function readListRequest(target: Target, maxLimit: number): ListRequest {
  const query = new URLSearchParams(target.query);
  const asked = parsePaging(query, maxLimit);
  if (asked.malformed !== undefined) throw new HubError('parameter_malformed', asked.malformed);
  return { ...asked.paging, query, cursor: query.get(CURSOR) };
}

/** Whether a cursor leads to the offset that stands beside it: a client that counts on may change the offset alone. */
export function isPlace(offset: number, request: ListRequest): boolean {
  return !request.query.has('offset') || request.offset === offset;
}

/** The place of the next page. */
export interface NextPlace {
  readonly offset: number;
  readonly cursor: string;
}

/** The URL of the next page: the same filters at another place, by its offset for those who count, and by its cursor. */
export function nextUrl(
  publicUrl: string,
  { version, module }: Target,
  { query, limit }: ListRequest,
  { offset, cursor }: NextPlace,
): string {
  const onward = new URLSearchParams(query);
  onward.set('offset', String(offset));
  onward.set('limit', String(limit));
  onward.set(CURSOR, cursor);
  return `${publicUrl}/ocpi/${version}/sender/${module}?${onward.toString()}`;
}

/** Where a list from the object store goes on. */
export interface StoredPlace {
  readonly after: number;
  /** Objects before it. */
  readonly offset: number;
}

const STORED = /^([a-z]{1,64}) (\d{1,16}) (\d{1,16})$/;

/** A cursor of a list from the object store: opaque to those who carry it, but no secret. */
export function writeStored(module: string, { after, offset }: StoredPlace): string {
  return Buffer.from([module, after, offset].join(' ')).toString('base64url');
}

/** @throws HubError `parameter_malformed` for what is no cursor of this list */
export function readStored(module: string, cursor: string): StoredPlace {
  const [, name, after, offset] = STORED.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (name !== module) throw new HubError('parameter_malformed', CURSOR);
  return { after: Number(after), offset: Number(offset) };
}

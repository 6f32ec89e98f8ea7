/** What a GET All asks for, and the cursors of its pages. */
import { type PartyKey, type Paging, parsePaging, type Target } from '@app/ocpi';
import { HubError } from '../hub-error';

/** The query parameter that tells the page of a GET All from any other request. */
const CURSOR = 'cursor';

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

/** The URL of the next page: the same filters, at another place. */
export function nextUrl(
  publicUrl: string,
  { version, module }: Target,
  { query, limit }: ListRequest,
  cursor: string,
): string {
  const onward = new URLSearchParams(query);
  onward.delete('offset');
  onward.set('limit', String(limit));
  onward.set(CURSOR, cursor);
  return `${publicUrl}/ocpi/${version}/sender/${module}?${onward.toString()}`;
}

/** Where a list from the object store goes on. */
export interface StoredPlace {
  readonly after: number;
}

/** Where a list that is asked live goes on. */
export interface LivePlace {
  /** Parties before this one were asked to their end. */
  readonly party: PartyKey;
  /** Objects of this party that were given already. */
  readonly offset: number;
  /** Objects of all parties, as counted for the first page. */
  readonly total: number;
}

const STORED = /^([a-z]{1,64}) (\d{1,15})$/;
const LIVE = /^([a-z]{1,64}) ([A-Z]{2}\*[A-Z0-9]{3}) (\d{1,9}) (\d{1,15})$/;

/** Opaque to those who carry it, but no secret: what it leads to is decided anew for each page. */
function written(...words: readonly (string | number)[]): string {
  return Buffer.from(words.join(' ')).toString('base64url');
}

/** @throws HubError `parameter_malformed` for what is no cursor of this list */
function read(cursor: string, module: string, form: RegExp): readonly string[] {
  const words = form.exec(Buffer.from(cursor, 'base64url').toString());
  if (words?.[1] !== module) throw new HubError('parameter_malformed', CURSOR);
  return words.slice(2);
}

/** A cursor of a list from the object store. */
export function writeStored(module: string, { after }: StoredPlace): string {
  return written(module, after);
}

/** @throws HubError `parameter_malformed` */
export function readStored(module: string, cursor: string): StoredPlace {
  const [after] = read(cursor, module, STORED);
  return { after: Number(after) };
}

/** A cursor of a list that is asked live. */
export function writeLive(module: string, { party, offset, total }: LivePlace): string {
  return written(module, party, offset, total);
}

/** @throws HubError `parameter_malformed` */
export function readLive(module: string, cursor: string): LivePlace {
  const [party = '', offset, total] = read(cursor, module, LIVE);
  return { party, offset: Number(offset), total: Number(total) };
}

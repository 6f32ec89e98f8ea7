/** One page of a GET All, and the answer that carries it. */
import { nextLink, type PartyId, STATUS } from '@app/ocpi';
import { type Answer } from '../exchange';

export interface ListPage {
  /** Each object's own bytes. */
  readonly bodies: readonly Uint8Array[];
  /** The cursor of the page that follows, or null. */
  readonly next: string | null;
  /** Objects before that page. */
  readonly nextOffset: number;
  readonly total: number;
  /** What the reader must know about parties that are not or not wholly in it; empty: nothing. */
  readonly notes: readonly string[];
}

const COMMA = Buffer.from(',');
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const;
/** Notes in one message; the others are counted. */
const MAX_NOTES = 20;

/** Spec: 2.2.1-d2 transport_and_format, Paginated Response. @param nextPage URL of the page that follows */
export function listAnswer(
  page: ListPage,
  from: PartyId,
  now: Date,
  { limit, nextPage }: { readonly limit: number; readonly nextPage: string | null },
): Answer {
  const list = page.bodies.flatMap((body, index) => (index === 0 ? [body] : [COMMA, body]));
  const headers = {
    ...JSON_HEADERS,
    'x-total-count': String(page.total),
    'x-limit': String(limit),
    ...(nextPage === null ? {} : { link: nextLink(nextPage) }),
  };
  const body = [Buffer.from('{"data":['), ...list, Buffer.from(`]${envelopeEnd(now, message(page.notes))}`)];
  return { httpStatus: 200, ocpiStatus: STATUS.SUCCESS, headers, body: Buffer.concat(body), from };
}

/** The answer with one object. */
export function objectAnswer(object: Uint8Array, from: PartyId, now: Date): Answer {
  const body = Buffer.concat([Buffer.from('{"data":'), object, Buffer.from(envelopeEnd(now))]);
  return { httpStatus: 200, ocpiStatus: STATUS.SUCCESS, headers: JSON_HEADERS, body, from };
}

function envelopeEnd(now: Date, statusMessage?: string): string {
  const rest = { status_code: STATUS.SUCCESS, status_message: statusMessage, timestamp: now.toISOString() };
  return `,${JSON.stringify(rest).slice(1)}`;
}

function message(notes: readonly string[]): string | undefined {
  if (notes.length === 0) return undefined;
  const more = notes.length > MAX_NOTES ? `; and ${notes.length - MAX_NOTES} more` : '';
  return notes.slice(0, MAX_NOTES).join('; ') + more;
}

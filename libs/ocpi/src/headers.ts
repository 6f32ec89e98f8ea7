/**
 * The headers of OCPI, and which headers cross the hub at all.
 *
 * Spec: 2.2.1-d2 transport_and_format, Message Routing Headers, Unique message IDs, Paginated Response.
 */
import { type PartyId, parsePartyId } from './party';

/** Incoming headers as Node gives them: lower-case names, repeated ones joined. */
export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

const TO_COUNTRY = 'ocpi-to-country-code';
const TO_PARTY = 'ocpi-to-party-id';
const FROM_COUNTRY = 'ocpi-from-country-code';
const FROM_PARTY = 'ocpi-from-party-id';
export const REQUEST_ID = 'x-request-id';
export const CORRELATION_ID = 'x-correlation-id';

/** Encodings of bodies that the hub can look into. */
const CONTENT_CODINGS = ['identity', 'gzip', 'x-gzip', 'deflate', 'br'] as const;
export type ContentCoding = (typeof CONTENT_CODINGS)[number];

/** Header names, their spelling, and what becomes of the value when it does not cross as it is. */
type CrossingHeader = readonly [name: string, spelling: string, onward?: (value: string) => string];

/**
 * Request headers that reach the receiver. All others stay behind: credentials, cookies, hop-by-hop. `Accept` and
 * `User-Agent` are the hub's own on every request.
 */
const REQUEST_HEADERS: readonly CrossingHeader[] = [
  ['accept-encoding', 'Accept-Encoding', readableCodings],
  ['accept-language', 'Accept-Language'],
  ['content-encoding', 'Content-Encoding'],
  ['content-type', 'Content-Type', jsonType],
];

/** Answer headers that reach the caller. */
const ANSWER_HEADERS: readonly CrossingHeader[] = [
  ['content-encoding', 'Content-Encoding'],
  ['content-language', 'Content-Language'],
  ['content-type', 'Content-Type'],
  ['link', 'Link'],
  ['location', 'Location'],
  ['retry-after', 'Retry-After'],
  ['x-limit', 'X-Limit'],
  ['x-total-count', 'X-Total-Count'],
];

/** What a pair of routing headers says. */
export type RoutingPair =
  | { readonly kind: 'absent' }
  /** Only one of the two is there; `missing` is the name of the other. */
  | { readonly kind: 'half'; readonly missing: string }
  /** `why` names the header, and says so when it is there and empty. */
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'party'; readonly party: PartyId };

/** The receiver that a request names. */
export function readTo(headers: IncomingHeaders): RoutingPair {
  return readPair(headers, TO_COUNTRY, TO_PARTY);
}

/** The sender that a request names. */
export function readFrom(headers: IncomingHeaders): RoutingPair {
  return readPair(headers, FROM_COUNTRY, FROM_PARTY);
}

function readPair(headers: IncomingHeaders, countryName: string, partyName: string): RoutingPair {
  const country = single(headers[countryName]);
  const party = single(headers[partyName]);
  if (country === undefined && party === undefined) return { kind: 'absent' };
  if (country === undefined) return { kind: 'half', missing: countryName };
  if (party === undefined) return { kind: 'half', missing: partyName };
  if (!country) return { kind: 'malformed', why: empty(countryName) };
  if (!party) return { kind: 'malformed', why: empty(partyName) };
  const pair = parsePartyId(country.trim(), party.trim());
  if (pair) return { kind: 'party', party: pair };
  return { kind: 'malformed', why: parsePartyId(country.trim(), 'AAA') ? partyName : countryName };
}

/** An empty header is a client's missing value, and never means that the pair was left out. */
function empty(name: string): string {
  return `${name} is empty: fill it, or leave out both headers of the pair`;
}

/** One value of a header; repeated ones joined as Node joins them, so that a doubled one is seen as malformed. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Message ids of one exchange. */
export interface MessageIds {
  readonly requestId: string;
  readonly correlationId: string;
}

/** Routing headers that name both parties. */
export function routingHeaders(to: PartyId, from: PartyId): string[] {
  return [
    'OCPI-to-country-code',
    to.countryCode,
    'OCPI-to-party-id',
    to.partyId,
    'OCPI-from-country-code',
    from.countryCode,
    'OCPI-from-party-id',
    from.partyId,
  ];
}

/** Message id headers. */
export function idHeaders(ids: MessageIds): string[] {
  return ['X-Request-ID', ids.requestId, 'X-Correlation-ID', ids.correlationId];
}

/**
 * The caller's headers that go on to the receiver, names and values alternating. A body is JSON by now, and says so
 * also when its sender left it out: many receivers take nothing else. Spec: 2.2.1-d2 transport_and_format, Request format.
 */
export function onwardHeaders(headers: IncomingHeaders, hasBody: boolean): string[] {
  const list = allowed(headers, REQUEST_HEADERS);
  return hasBody ? typed(headers, list) : list;
}

/** The receiver's headers that go back to the caller, names and values alternating. Spec: Response format. */
export function backwardHeaders(headers: IncomingHeaders): string[] {
  return typed(headers, allowed(headers, ANSWER_HEADERS));
}

function typed(headers: IncomingHeaders, list: string[]): string[] {
  if (headers['content-type'] === undefined) list.push('Content-Type', 'application/json');
  return list;
}

function allowed(headers: IncomingHeaders, names: readonly CrossingHeader[]): string[] {
  const list: string[] = [];
  for (const [name, spelling, onward] of names) {
    const value = single(headers[name]);
    if (value !== undefined) list.push(spelling, onward ? onward(value) : value);
  }
  return list;
}

const PLAIN_JSON = 'application/json';
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;
const UTF8 = /^charset="?utf-?8"?$/;

/**
 * A body was read as JSON in UTF-8, and says nothing else of itself: a receiver that took it for a form, or for text in
 * UTF-7, would read another owner in it, or another `response_url`.
 */
function jsonType(type: string): string {
  if (type === PLAIN_JSON) return type;
  const [name = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const [charset = ''] = parameters;
  const isKnown = JSON_TYPE.test(name) && parameters.length < 2 && (charset === '' || UTF8.test(charset));
  return isKnown ? type : PLAIN_JSON;
}

/**
 * Of the codings that a caller takes, those in which the hub can find the status of the answer: one in `zstd` would
 * be no OCPI message to it.
 */
function readableCodings(accepted: string): string {
  const readable = accepted.split(',').filter(isReadable).join(',').trim();
  return readable === '' ? 'identity' : readable;
}

function isReadable(accepted: string): boolean {
  const coding = accepted.split(';', 1)[0]!.trim().toLowerCase();
  return (CONTENT_CODINGS as readonly string[]).includes(coding);
}

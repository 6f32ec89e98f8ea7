/**
 * The parameters and headers of paged lists.
 *
 * Spec: 2.2.1-d2 transport_and_format, Pagination.
 */

/** What a caller asks for; `offset` and `limit` count objects. */
export interface Paging {
  readonly offset: number;
  readonly limit: number;
  /** Inclusive. */
  readonly dateFrom: Date | undefined;
  /** Exclusive. */
  readonly dateTo: Date | undefined;
}

const DIGITS = /^[0-9]+$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads the paging parameters of a query.
 *
 * @param maxLimit the server's upper limit; a larger `limit` is lowered to it
 * @returns the name of the first parameter that is malformed, or what was asked for
 */
export function parsePaging(
  query: URLSearchParams,
  maxLimit: number,
): { readonly malformed: string } | { readonly malformed?: undefined; readonly paging: Paging } {
  const offset = wholeOr(query.get('offset'), 0);
  const limit = wholeOr(query.get('limit'), maxLimit);
  const dateFrom = parseDateTime(query.get('date_from'));
  const dateTo = parseDateTime(query.get('date_to'));
  if (offset === undefined) return { malformed: 'offset' };
  if (limit === undefined || limit === 0) return { malformed: 'limit' };
  if (dateFrom === null) return { malformed: 'date_from' };
  if (dateTo === null) return { malformed: 'date_to' };
  return { paging: { offset, limit: Math.min(limit, maxLimit), dateFrom, dateTo } };
}

function wholeOr(text: string | null, fallback: number): number | undefined {
  return text === null ? fallback : wholeNumber(text);
}

/**
 * Reads a number of objects: a query parameter of a client, `X-Total-Count` or `X-Limit` of a peer.
 *
 * Clients write "no limit at all" as the largest integer of their language: 2147483647, 9007199254740991,
 * 9223372036854775807. What no JavaScript number holds exactly becomes the largest that one does.
 *
 * @returns `undefined` when the text is not digits alone
 */
export function wholeNumber(text: string): number | undefined {
  return DIGITS.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
}

/**
 * A DateTime in UTC, with or without its `Z`. Spec: 2.2.1-d2 types, DateTime.
 *
 * @returns `undefined` when there is none, `null` when it is malformed
 */
export function parseDateTime(text: string | null): Date | undefined | null {
  if (text === null) return undefined;
  const match = DATE_TIME.exec(text.replace(' ', '+')); // an unencoded `+` of an offset arrives as a space
  if (!match) return null;
  const date = new Date(match[2] ? match[0] : `${match[0]}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The value of a `Link` header that leads to the next page. */
export function nextLink(url: string): string {
  return `<${url}>; rel="next"`;
}

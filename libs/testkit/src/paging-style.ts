/** The ways in which peers page through a list, as rows. */
import { type AnswerProgram, success } from './platform-answer';
import { type ReceivedRequest } from './received-request';

/** How one peer pages. */
export interface PagingStyle {
  /** What of a request says which page is meant: `offset`, a parameter of the peer's own, or nothing: always page one. */
  readonly by: 'offset' | 'key' | 'nothing';
  /** Objects of a page at most. */
  readonly pageSize: number;
  /** A request with a smaller `limit` gets no more than that. */
  readonly obeysLimit: boolean;
  /**
   * On which pages a `Link` is: on none; where objects follow; on each page with objects; on every page; on every page
   * with objects, to itself; on every page, from the last one to the first.
   */
  readonly link: 'none' | 'more' | 'objects' | 'always' | 'itself' | 'round';
  readonly relative: boolean;
  readonly total: 'right' | 'none' | 'too_large' | 'too_small' | 'zero';
}

const USUAL: PagingStyle = {
  by: 'offset',
  pageSize: 10,
  obeysLimit: true,
  link: 'more',
  relative: false,
  total: 'right',
};

export const PAGING_STYLES = {
  link_with_offset: USUAL,
  no_link: { ...USUAL, link: 'none' },
  opaque_link: { ...USUAL, by: 'key' },
  opaque_link_no_total: { ...USUAL, by: 'key', total: 'none' },
  link_on_every_page: { ...USUAL, link: 'objects', total: 'none' },
  link_on_empty_pages: { ...USUAL, link: 'always', total: 'none' },
  opaque_link_on_empty_pages: { ...USUAL, by: 'key', link: 'always', total: 'none' },
  repeats_page_one: { ...USUAL, by: 'nothing', obeysLimit: false },
  repeats_page_one_no_total: { ...USUAL, by: 'nothing', obeysLimit: false, link: 'none', total: 'none' },
  ignores_limit: { ...USUAL, obeysLimit: false },
  no_total: { ...USUAL, total: 'none' },
  no_total_no_link: { ...USUAL, total: 'none', link: 'none' },
  total_too_large: { ...USUAL, total: 'too_large' },
  total_too_large_no_link: { ...USUAL, total: 'too_large', link: 'none' },
  total_too_small: { ...USUAL, total: 'too_small' },
  total_too_small_no_link: { ...USUAL, total: 'too_small', link: 'none' },
  total_zero: { ...USUAL, total: 'zero' },
  short_pages: { ...USUAL, pageSize: 3 },
  self_link: { ...USUAL, link: 'itself' },
  relative_link: { ...USUAL, relative: true },
  circle: { ...USUAL, by: 'key', link: 'round' },
  circle_no_total: { ...USUAL, by: 'key', link: 'round', total: 'none' },
} satisfies Record<string, PagingStyle>;

/** Objects by which a wrong total is wrong. */
const WRONG_BY = 7;

const TOTALS: Readonly<Record<PagingStyle['total'], (objects: number) => string | null>> = {
  right: String,
  none: () => null,
  too_large: (objects) => String(objects + WRONG_BY),
  too_small: (objects) => String(Math.max(objects - WRONG_BY, 0)),
  zero: () => '0',
};

/** Answers GET of the lists of a platform in a style. @param objects of a module's list, as JSON texts */
export function pagedAs(
  style: PagingStyle,
  objects: (request: ReceivedRequest) => readonly string[],
): AnswerProgram {
  return (request) => {
    if (request.method !== 'GET' || request.interfaceRole !== 'SENDER') return undefined;
    const all = objects(request);
    const start = startOf(style, request);
    const end = start + sizeOf(style, request);
    const shown = all.slice(start, end);
    const link = linkOf(style, request, { start, end, shown: shown.length, all: all.length });
    return {
      body: success(`[${shown.join(' , ')}]`),
      headers: {
        'X-Total-Count': TOTALS[style.total](all.length),
        'X-Limit': String(style.pageSize),
        Link: link === undefined ? null : `<${link}>; rel="next"`,
      },
    };
  };
}

/** The parameter that names a page for a peer that does not count offsets. */
const KEY = 'next';

function startOf({ by }: PagingStyle, { query }: ReceivedRequest): number {
  if (by === 'nothing') return 0;
  return Number(new URLSearchParams(query).get(by === 'key' ? KEY : 'offset') ?? 0);
}

function sizeOf({ by, pageSize, obeysLimit }: PagingStyle, { query }: ReceivedRequest): number {
  const limit = Number(new URLSearchParams(query).get('limit') ?? pageSize);
  return obeysLimit && by !== 'key' ? Math.min(limit, pageSize) : pageSize;
}

interface PlaceOfPage {
  readonly start: number;
  readonly end: number;
  readonly shown: number;
  readonly all: number;
}

/** Where the `Link` of a page leads; `undefined`: it has none. */
function linkOf(style: PagingStyle, request: ReceivedRequest, place: PlaceOfPage): string | undefined {
  const { start, end, shown, all } = place;
  const isMore = end < all;
  const targets: Readonly<Record<PagingStyle['link'], number | undefined>> = {
    none: undefined,
    more: isMore ? end : undefined,
    objects: shown > 0 ? end : undefined,
    always: end,
    itself: shown > 0 ? start : undefined,
    round: isMore ? end : 0,
  };
  const target = targets[style.link];
  return target === undefined ? undefined : urlAt(style, request, target);
}

function urlAt({ by, relative }: PagingStyle, { path, query, headers }: ReceivedRequest, at: number): string {
  const next = by === 'key' ? new URLSearchParams({ [KEY]: String(at) }) : new URLSearchParams(query);
  if (by !== 'key') next.set('offset', String(at));
  return `${relative ? '' : `http://${headers.host}`}${path}?${next.toString()}`;
}

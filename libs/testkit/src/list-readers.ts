/** Clients that read a list of the hub to its end, each in its own way. */
import { type CallAnswer } from './ocpi-call';

/** How a reader asks: for the list with a query, and for a URL that the hub handed out. */
export interface ListSource {
  readonly ask: (query: string) => Promise<CallAnswer>;
  readonly follow: (url: string) => Promise<CallAnswer>;
}

/** The URL of the next page. */
export function nextPageUrl({ headers }: CallAnswer): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(String(headers.link ?? ''))?.[1];
}

/**
 * Follows each `Link`, whatever is in it.
 *
 * @returns the pages
 * @throws Error when the list does not end within `most` requests
 */
export function readByLink({ ask, follow }: ListSource, query: string, most: number): Promise<CallAnswer[]> {
  return read(() => ask(query), follow, most);
}

/**
 * Takes `offset` and `limit` alone from each `Link`, and asks the URL of the list again with them and its own filters.
 *
 * @returns the pages
 * @throws Error when the list does not end within `most` requests
 */
export function readByOffset({ ask }: ListSource, query: string, most: number): Promise<CallAnswer[]> {
  const again = (url: string): Promise<CallAnswer> => {
    const next = new URLSearchParams(query);
    for (const name of ['offset', 'limit']) next.set(name, new URL(url).searchParams.get(name) ?? '');
    return ask(next.toString());
  };
  return read(() => ask(query), again, most);
}

async function read(
  first: () => Promise<CallAnswer>,
  next: (url: string) => Promise<CallAnswer>,
  most: number,
): Promise<CallAnswer[]> {
  const pages = [await first()];
  for (let url = nextPageUrl(pages[0]!); url !== undefined; url = nextPageUrl(pages.at(-1)!)) {
    if (pages.length >= most) throw new Error(`the list has more than ${most} pages; the next one is ${url}`);
    pages.push(await next(url));
  }
  return pages;
}

import { nextLink, nextLinks, resolveUrl, type Span } from '@app/ocpi';
import { type Answer, noted, type Permitted } from '../exchange';
import { HubError } from '../hub-error';
import { type Log } from '../ports';
import { MAX_NEXT_LINKS } from './limits';
import { pageAfter, pageQuery } from './next-place';
import { type Returning } from './returning';
import { nextPageAt, type Target, targetAt } from './target';
import { causeOf, type MakeDetours, type Wanted } from './wanted';

const URL_HEADERS: readonly string[] = ['link', 'location'];

/** Whether an answer carries a URL: asked of every answer, and nothing more of most. */
export function carriesUrl({ headers }: Pick<Answer, 'headers'>): boolean {
  return headers.link !== undefined || headers.location !== undefined;
}

/** Which header leads back to the peer. A list may be paged in a custom module, too. */
function headerToRewrite({ operation, method }: Permitted): 'link' | 'location' | undefined {
  if (operation) return operation.answerUrl;
  return method === 'GET' ? 'link' : undefined;
}

/**
 * Replaces the URL of an answer by one that the caller's platform alone may use, and leaves out every other: whoever
 * followed one would show its token wherever the receiver says. OCPI knows no redirects, and of a `Link` the next page.
 *
 * @throws HubError `next_page_elsewhere`: a list must not end early without a word
 */
export async function backward(returning: Returning, make: MakeDetours, log: Log): Promise<Answer> {
  const { message, answer } = returning;
  const others = Object.entries(answer.headers).filter(([key]) => !URL_HEADERS.includes(key));
  const name = headerToRewrite(message);
  const value = name && answer.headers[name];
  const url =
    value &&
    (name === 'link'
      ? await newLink(returning, value, make)
      : await newLocation(returning, value, make, log));
  return { ...answer, headers: Object.fromEntries(url ? [...others, [name, url]] : others) };
}

/** Written anew: two readers may find two next pages in one header, and the title of a link may be a link for some. */
async function newLink(returning: Returning, header: string, make: MakeDetours): Promise<string | undefined> {
  const spans = nextLinks(header);
  if (spans.length === 0) return undefined;
  if (spans.length > MAX_NEXT_LINKS) throw new HubError('next_page_elsewhere', `${spans.length} next pages`);
  const targets = spans.map((span) => requireOwn(returning, header, span));
  const next = targets.flatMap((target) => pageAfter(returning, target) ?? []);
  if (next.length === 0) {
    noted(
      returning.message,
      'Link left out: it leads to pages that the reader had, or to empty ones for ever',
    );
    return undefined;
  }
  const urls = await make(next.map(({ target, page }) => ({ ...wanted(returning, 'link', target), page })));
  return urls.map((url, index) => nextLink(`${url}?${pageQuery(returning, next[index]!.page)}`)).join(', ');
}

function requireOwn(returning: Returning, header: string, { start, end }: Span): string {
  const { url, receiver } = returning;
  const target = nextPageAt(receiver.platform, resolveUrl(header.slice(start, end), url));
  if (target.kind === 'own') return target.url;
  throw new HubError('next_page_elsewhere', target.kind === 'elsewhere' ? target.where : 'not a URL');
}

/**
 * The `Location` of a CDR, or `undefined` when it is to be left out. The CDR has arrived: whatever is wrong
 * with the header, a refusal now would make the sender post it again.
 */
async function newLocation(
  returning: Returning,
  header: string,
  make: MakeDetours,
  log: Log,
): Promise<string | undefined> {
  const { answer, receiver, message } = returning;
  if (answer.httpStatus < 200 || answer.httpStatus > 299) return undefined;
  const fields = { platformId: receiver.platform.id, correlationId: message.ids.correlationId };
  const target = targetOf(returning, header.trim());
  if (target.kind !== 'own') {
    const why = target.kind === 'elsewhere' ? target.where : 'not an absolute http or https URL';
    log.warn({ ...fields, why }, 'Location of a CDR left out: not on an origin of the platform');
    noted(message, `Location left out, not on an origin of the platform: ${why}`);
    return undefined;
  }
  try {
    return (await make([wanted(returning, 'location', target.url)]))[0];
  } catch (err) {
    log.error({ ...fields, err }, 'Location of a CDR left out: it could not be kept');
    return undefined;
  }
}

function targetOf({ url, receiver }: Returning, reference: string): Target {
  return targetAt(receiver.platform, resolveUrl(reference, url), 'latin1');
}

function wanted({ message, receiver }: Returning, kind: 'link' | 'location', target: string): Wanted {
  const { module, interfaceRole, version } = message.target;
  return {
    ...{ kind, target, module, interfaceRole, version },
    holder: { platformId: message.caller.id, party: message.from },
    owner: { platformId: receiver.platform.id, party: receiver.party },
    cause: causeOf(message),
  };
}

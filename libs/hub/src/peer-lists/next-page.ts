import { nextLinks, resolveUrl } from '@app/ocpi';
import { nextPageAt } from '../detours/target';
import { type PlatformEntry } from '../directory';
import { type NextPage } from './list-walk';

const NONE: NextPage = { kind: 'none' };

/**
 * Where the `Link` of a page leads.
 *
 * @param base the URL of the page: what a relative `Link` is relative to
 */
export function nextPageOf(platform: PlatformEntry, link: string | undefined, base: string): NextPage {
  const [span] = link === undefined ? [] : nextLinks(link);
  if (!span) return NONE;
  const target = nextPageAt(platform, resolveUrl(link!.slice(span.start, span.end), base));
  if (target.kind === 'own') return target;
  return { kind: 'elsewhere', where: target.kind === 'elsewhere' ? target.where : 'a malformed URL' };
}

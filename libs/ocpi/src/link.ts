/**
 * The URLs in `Link` and `Location` headers of peers: where they stand and where they lead.
 *
 * Spec: 2.2.1-d2 transport_and_format, Paginated Response; RFC 8288, 3 and Appendix B.2 (reading liberally).
 */
import { type Span } from './json';

/** A parameter: `; rel="next"`, with the oddities seen: no semicolon, no or single quotes, spaces anywhere. */
const PARAMETER = /[\s;]*([^\s=;,"<]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;,]*)))?/y;
const BETWEEN = /[\s,;]*/y;
const BARE_URL = /(?:https?:|[/?])[^\s;<]*/iy;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const BASE = /^(https?:)(\/\/[^/?#]*)([^?#]*)/i;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * Where the URLs of next pages stand in the value of a `Link` header, in characters, in order. A link without
 * any `rel` is taken for one too: OCPI has no other use for the header.
 */
export function nextLinks(header: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = endOf(BETWEEN, header, 0); at < header.length;) {
    const { url, end } = urlAt(header, at);
    const { rel, next } = parametersAt(header, end);
    const isNext = rel === undefined || rel.toLowerCase().split(/\s+/).includes('next');
    if (isNext && url.end > url.start) found.push(url);
    at = Math.max(endOf(BETWEEN, header, next), at + 1);
  }
  return found;
}

/**
 * A URL reference as an absolute URL. Nothing is normalised but a relative path with dot segments, which has
 * no other meaning. Spec: RFC 3986, 5.2.
 *
 * @param base an absolute http(s) URL
 */
export function resolveUrl(reference: string, base: string): string {
  if (ABSOLUTE.test(reference)) return reference;
  const [, scheme = '', authority = '', path = ''] = BASE.exec(base) ?? [];
  if (reference.startsWith('//')) return scheme + reference;
  const origin = scheme + authority;
  if (reference.startsWith('/')) return origin + reference;
  if (reference.startsWith('?')) return origin + path + reference;
  const folder = `${origin}${path.slice(0, path.lastIndexOf('/') + 1) || '/'}`;
  if (!DOT_SEGMENT.test(reference.replace(/[?#].*$/s, ''))) return folder + reference;
  return URL.canParse(reference, folder) ? new URL(reference, folder).href : folder + reference;
}

/**
 * A URL as it can stand on a request line: without its fragment, and with characters that cannot be sent
 * percent-encoded.
 *
 * @param encoding what the characters beyond ASCII are: text, or the bytes of a header
 */
export function sendableUrl(url: string, encoding: 'utf8' | 'latin1'): string {
  const escape = (part: string): string =>
    [...Buffer.from(part, encoding)]
      .map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
      .join('');
  return url
    .trim()
    .replace(/#.*$/s, '')
    .replace(/[^!-~]+/g, escape);
}

/** The URL of the link that begins at `at`, in angle brackets or, wrongly, without. */
function urlAt(header: string, at: number): { readonly url: Span; readonly end: number } {
  if (header[at] !== '<') {
    let end = endOf(BARE_URL, header, at);
    while (end > at && header[end - 1] === ',') end--;
    return { url: { start: at, end }, end };
  }
  const close = header.indexOf('>', at);
  if (close === -1) return { url: { start: at, end: at }, end: header.length };
  return { url: trimmed(header, at + 1, close), end: close + 1 };
}

/** Its first `rel`, and where the link ends. Spec: RFC 8288, 3.3: later ones are ignored. */
function parametersAt(
  header: string,
  from: number,
): { readonly rel: string | undefined; readonly next: number } {
  let rel: string | undefined;
  let at = from;
  for (;;) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(header);
    if (!match) return { rel, next: at };
    at = PARAMETER.lastIndex;
    const [, name = '', quoted, single, bare] = match;
    if (name.toLowerCase() === 'rel') rel ??= quoted ?? single ?? bare?.replace(/^["']|["']$/g, '') ?? '';
  }
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function trimmed(text: string, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return { start, end };
}

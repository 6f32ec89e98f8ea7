import fc from 'fast-check';
import { nextLinks, resolveUrl, sendableUrl } from './link';

/** A header with each next page replaced by `N`. */
function replaced(header: string): string {
  const spans = [...nextLinks(header)].reverse();
  return spans.reduce((text, { start, end }) => `${text.slice(0, start)}N${text.slice(end)}`, header);
}

describe('the next page of a Link header', () => {
  it.each([
    ['<https://a/x?o=7&l=7>; rel="next"', '<N>; rel="next"'],
    ['<https://a/x?ids=1,2;3>;rel=next', '<N>;rel=next'],
    ['< /x?o=7 > ;  REL = "Next"', '< N > ;  REL = "Next"'],
    ["<x>; rel='next'", "<N>; rel='next'"],
    ['<x> rel="next"', '<N> rel="next"'],
    ['<x>; title="a, <b>; rel=next"; rel="prev next"', '<N>; title="a, <b>; rel=next"; rel="prev next"'],
    ['<a>; rel="prev", <b>; rel="next", <c>; rel=last', '<a>; rel="prev", <N>; rel="next", <c>; rel=last'],
    ['<b>;rel="next",<a>;rel="first"', '<N>;rel="next",<a>;rel="first"'],
    ['<a>; rel="next", <b>; rel="next"', '<N>; rel="next", <N>; rel="next"'],
    ['https://a/x?o=1,2; rel="next"', 'N; rel="next"'],
    ['https://a/x, <b>; rel=prev', 'N, <b>; rel=prev'],
    ['<https://a/x>', '<N>'],
    [',, <a>; rel=next ,', ',, <N>; rel=next ,'],
  ])('%s', (header, expected) => {
    expect(replaced(header)).toBe(expected);
  });

  it.each([
    '<a>; rel="prev"',
    '<a>; rel="last"; rel="next"',
    '<a>; rel="nextpage"',
    '<>; rel="next"',
    '<a; rel="next"',
    'rel="next"',
    '',
    ' , ;',
  ])('is none in: %s', (header) => {
    expect(nextLinks(header)).toEqual([]);
  });

  it('is found in any well-formed header, and all else stays', () => {
    const url = fc.webUrl({ withQueryParameters: true });
    const rel = fc.constantFrom('next', 'prev', 'first', 'last');
    const form = fc.constantFrom('; rel="%"', ';rel=%', '; title="x, y"; rel="%"', ' ; rel="%"; x=1');
    const link = fc.record({ url, rel, form });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 5 }), (links) => {
        const written = (next: (url: string) => string): string =>
          links
            .map(
              (one) => `<${one.rel === 'next' ? next(one.url) : one.url}>${one.form.replace('%', one.rel)}`,
            )
            .join(', ');
        expect(replaced(written((own) => own))).toBe(written(() => 'N'));
      }),
    );
  });

  it('is looked for in bounded time and never outside the header, whatever stands in it', () => {
    const piece = fc.constantFrom('<', '>', ';', ',', '"', "'", '=', ' ', 'rel', 'next', 'https:', '/', '\\');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const header = pieces.join('');
        let last = 0;
        for (const { start, end } of nextLinks(header)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(header.length);
      }),
    );
    const started = performance.now();
    for (const part of ['<', '< ', 'a="', "a='", ';', '<a>; ', '<a>,', ' '])
      nextLinks(part.repeat(16_384 / part.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a URL reference', () => {
  const BASE = 'https://cpo.example:8443/ocpi/../cpo/cdrs?offset=0';
  it.each([
    ['https://other.example/a/../b', 'https://other.example/a/../b'],
    ['//other.example/x', 'https://other.example/x'],
    ['/x/../%7e?o=7', 'https://cpo.example:8443/x/../%7e?o=7'],
    ['?offset=7', 'https://cpo.example:8443/ocpi/../cpo/cdrs?offset=7'],
    ['next?offset=7', 'https://cpo.example:8443/ocpi/../cpo/next?offset=7'],
    ['../page/2', 'https://cpo.example:8443/page/2'],
  ])('%s', (reference, expected) => {
    expect(resolveUrl(reference, BASE)).toBe(expected);
  });

  it('on a host alone is in its root', () => {
    expect(resolveUrl('x', 'https://cpo.example')).toBe('https://cpo.example/x');
  });

  it('leads where a browser would go', () => {
    const reference = fc
      .array(fc.constantFrom('a', 'b', '/', '?', '=', '&', '..', '.', '1'), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''))
      .filter((text) => !text.startsWith('//'));
    fc.assert(
      fc.property(reference, (text) => {
        const base = 'https://cpo.example/ocpi/cdrs?offset=0';
        expect(new URL(resolveUrl(text, base)).href).toBe(new URL(text, base).href);
      }),
    );
  });
});

describe('a URL to be sent', () => {
  it('has neither fragment nor characters that no request line takes', () => {
    expect(sendableUrl(' https://a/ü b\r\n?x=%zz#y ', 'utf8')).toBe('https://a/%C3%BC%20b%0D%0A?x=%zz');
    expect(sendableUrl('https://a/\u00fc', 'latin1')).toBe('https://a/%FC');
  });
});

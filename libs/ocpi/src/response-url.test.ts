import fc from 'fast-check';
import { responseUrlInBody, responseUrlInQuery } from './response-url';

const HUB = 'https://hub.example/ocpi/2.2.1/callback/AAAAAAAAAAAAAAAAAAAAAAAA';
const at = (query: string): string | undefined => responseUrlInQuery(query)?.url;
const filled = (query: string): string | undefined => responseUrlInQuery(query)?.fill(HUB);

/** A URL as a peer may make it up; with a query of its own or without. */
const word = fc.stringMatching(/^[a-zA-Z0-9._~-]{1,8}$/);
const pair = fc.tuple(word, word).map(([name, value]) => `${name}=${value}`);
const base = fc
  .tuple(fc.constantFrom('http', 'https', 'HTTPS'), word, fc.array(word, { maxLength: 3 }))
  .map(([scheme, host, path]) => `${scheme}://${host}.example/${path.join('/')}`);
const anyUrl = fc
  .tuple(base, fc.array(pair, { maxLength: 3 }))
  .map(([path, pairs]) => (pairs.length === 0 ? path : `${path}?${pairs.join('&')}`));
const others = fc.array(
  pair.filter((text) => !/^(duration|response_url)=/.test(text)),
  { maxLength: 3 },
);

describe('response_url in a query', () => {
  it('is the whole rest when it stands there as it is, as the specification writes it', () => {
    const query = '?duration=900&response_url=https://www.msp.example/x?request_id=5678&foo=1';
    expect(at(query)).toBe('https://www.msp.example/x?request_id=5678&foo=1');
    expect(filled(query)).toBe(`?duration=900&response_url=${HUB}`);
  });

  it('ends at the next & when it is percent-encoded, and stays percent-encoded', () => {
    const query = '?a=%zz&response_url=https%3A%2F%2Fmsp.example%2Fx%3Fid%3D1%26y%3D2&duration=900&+=';
    expect(at(query)).toBe('https://msp.example/x?id=1&y=2');
    expect(filled(query)).toBe(`?a=%zz&response_url=${encodeURIComponent(HUB)}&duration=900&+=`);
  });

  it.each([
    ['?response_url=https://msp.example/x&duration=900', 'https://msp.example/x', '&duration=900'],
    ['?response_url=https://msp.example/x?id=1&duration=900', 'https://msp.example/x?id=1', '&duration=900'],
    ['?response_url=https://msp.example/x&own=1', 'https://msp.example/x', '&own=1'],
    ['?response_url=https://msp.example/x?id=1&own=1', 'https://msp.example/x?id=1&own=1', ''],
    ['?response_url=http://msp.example/a%20b?c=%26', 'http://msp.example/a%20b?c=%26', ''],
    ['?response_url=http://msp.example/x?a=1&response_url=2', 'http://msp.example/x?a=1&response_url=2', ''],
  ])('%s: %s', (query, url, rest) => {
    expect(at(query)).toBe(url);
    expect(filled(query)).toBe(`?response_url=${HUB}${rest}`);
  });

  it('keeps a duration that is the URL’s own, when the request has its own already', () => {
    const query = '?duration=1&response_url=https://msp.example/x?id=1&duration=900';
    expect(at(query)).toBe('https://msp.example/x?id=1&duration=900');
  });

  it('is decoded when an encoder left : and / alone and escaped the rest', () => {
    const query = '?response_url=https://msp.example/x?id%3D1%26y%3D2&duration=900';
    expect(at(query)).toBe('https://msp.example/x?id=1&y=2');
    expect(filled(query)).toBe(`?response_url=${encodeURIComponent(HUB)}&duration=900`);
  });

  it('is found under an escaped name, and its + is a plus', () => {
    expect(at('?response%5Furl=https%3A%2F%2Fmsp.example%2Fa+b')).toBe('https://msp.example/a+b');
  });

  it('is replaced wherever it is repeated; the last one counts', () => {
    const query = '?response_url=http%3A%2F%2Fa.example&x=1&response_url=http%3A%2F%2Fb.example';
    expect(at(query)).toBe('http://b.example');
    expect(filled(query)).toBe(
      `?response_url=${encodeURIComponent(HUB)}&x=1&response_url=${encodeURIComponent(HUB)}`,
    );
  });

  it.each([
    '',
    '?',
    '?duration=900',
    '?response_url',
    '?response_url=',
    '?xresponse_url=http://a',
    '?a=response_url=b',
  ])('is not there: %s', (query) => {
    expect(responseUrlInQuery(query)).toBeUndefined();
  });

  it('comes out as it went in, percent-encoded, among any other parameters', () => {
    fc.assert(
      fc.property(others, fc.webUrl({ withQueryParameters: true }), others, (before, url, after) => {
        const query = (value: string): string =>
          `?${[...before, `response_url=${value}`, ...after].join('&')}`;
        expect(at(query(encodeURIComponent(url)))).toBe(url);
        expect(filled(query(encodeURIComponent(url)))).toBe(query(encodeURIComponent(HUB)));
      }),
    );
  });

  it('comes out as it went in, as it is, after any other parameters', () => {
    fc.assert(
      fc.property(others, anyUrl, (before, url) => {
        const query = (value: string): string =>
          `?${['duration=900', ...before, `response_url=${value}`].join('&')}`;
        expect(at(query(url))).toBe(url);
        expect(filled(query(url))).toBe(query(HUB));
      }),
    );
  });

  it('loses no byte of any query, whatever stands in it', () => {
    const piece = fc.constantFrom(
      '&',
      '=',
      '?',
      '%',
      'response_url=',
      'http://a',
      '%3A',
      'duration=',
      'x',
      '/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const query = `?${pieces.join('')}`;
        const slot = responseUrlInQuery(query);
        fc.pre(slot !== undefined);
        const [head = '', ...tails] = slot!.fill('\0').split(/\0|%00/);
        expect(query.startsWith(head)).toBe(true);
        expect(query.endsWith(tails.at(-1)!)).toBe(true);
        expect(query).toContain(
          tails.length === 1 ? query.slice(head.length, query.length - tails[0]!.length) : '',
        );
      }),
    );
  });
});

describe('response_url in a body', () => {
  const url = (text: string): string | undefined => responseUrlInBody(Buffer.from(text))?.url;
  const fill = (text: string): string | undefined =>
    responseUrlInBody(Buffer.from(text))?.fill(HUB).toString();

  it('is replaced without touching another byte', () => {
    const around = (value: string): string =>
      `\n{ "n":1.00,"big":12345678901234567890 , "response_url" :\t${value} ,"é":"\\u00e9", "n":2e0}`;
    expect(url(around('"https:\\/\\/msp.example\\/x\\u003fid=1"'))).toBe('https://msp.example/x?id=1');
    expect(fill(around('"https:\\/\\/msp.example\\/x"'))).toBe(around(`"${HUB}"`));
  });

  it('is replaced under every repeated key; the last text counts', () => {
    const text = '{"response_url":"http://a","response\\u005furl":"http://b","response_url":null}';
    expect(url(text)).toBe('http://b');
    expect(fill(text)).toBe(
      `{"response_url":"${HUB}","response\\u005furl":"${HUB}","response_url":"${HUB}"}`,
    );
  });

  it.each([
    '{}',
    '[]',
    '{"response_url":null}',
    '{"response_url":""}',
    '{"a":{"response_url":"http://a"}}',
    '"x"',
  ])('is not there: %s', (text) => {
    expect(responseUrlInBody(Buffer.from(text))).toBeUndefined();
  });

  it('reads as the same object with another URL, whatever the object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string({ minLength: 1, unit: 'binary' }),
        (more, value) => {
          const body = Buffer.from(JSON.stringify({ ...more, response_url: value }, null, 1));
          const sent = JSON.parse(body.toString()) as Record<string, unknown>;
          const slot = responseUrlInBody(body);
          expect(slot?.url).toBe(sent.response_url);
          expect(JSON.parse(slot!.fill(HUB).toString())).toEqual({ ...sent, response_url: HUB });
        },
      ),
    );
  });
});

test('a response_url is found among a hundred thousand members, and one that is there many times is refused', () => {
  const others = Array.from({ length: 100_000 }, (_, n) => `"response_ur${n}":1`).join();
  const body = (own: string) => Buffer.from(`{${others},${own}}`);
  for (const name of [
    'response_url',
    'RESPONSE_URL',
    '\\u0072esponse_url',
    're\u017fponse_url',
    'response_url\\u0000x',
  ]) {
    const slot = responseUrlInBody(body(`"${name}":"https://msp.example/1"`));
    expect([name, slot?.url]).toEqual([name, 'https://msp.example/1']);
  }
  for (const name of ['response_urls', 'response_url\\u0041', 'responſe_urx', 'response_ur'])
    expect([name, responseUrlInBody(body(`"${name}":"https://msp.example/1"`))]).toEqual([name, undefined]);
  const many = Array.from({ length: 17 }, () => '"response_url":"https://msp.example/1"').join();
  expect(responseUrlInBody(body(many))!.url).not.toContain('://');
});

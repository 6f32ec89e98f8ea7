import fc from 'fast-check';
import { backwardHeaders, onwardHeaders, readFrom, readTo } from './headers';

const inAnyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      [...text].map((char, i) => (upper[i] ? char.toUpperCase() : char.toLowerCase())).join(''),
    );

describe('routing headers', () => {
  it('name the same party in whatever case they are written', () => {
    fc.assert(
      fc.property(inAnyCase('de'), inAnyCase('ab1'), (country, party) => {
        expect(readTo({ 'ocpi-to-country-code': country, 'ocpi-to-party-id': party })).toEqual({
          kind: 'party',
          party: { countryCode: 'DE', partyId: 'AB1' },
        });
      }),
    );
  });

  it('never read a hostile value as a party', () => {
    const hostile = fc.string().filter((text) => !/^\s*[A-Za-z0-9]{3}\s*$/.test(text));
    fc.assert(
      fc.property(hostile, (party) => {
        const read = readFrom({ 'ocpi-from-country-code': 'DE', 'ocpi-from-party-id': party });
        expect(read.kind).not.toBe('party');
      }),
    );
  });

  it('say which half of a pair is missing and which one is malformed', () => {
    expect(readTo({ 'ocpi-to-party-id': 'ABC' })).toEqual({ kind: 'half', missing: 'ocpi-to-country-code' });
    expect(readTo({ 'ocpi-to-country-code': 'DE' })).toEqual({ kind: 'half', missing: 'ocpi-to-party-id' });
    const doubled = { 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': ['ABC', 'XYZ'] };
    expect(readTo(doubled)).toEqual({ kind: 'malformed', why: 'ocpi-to-party-id' });
    expect(readTo({})).toEqual({ kind: 'absent' });
    const empty = { 'ocpi-to-country-code': '', 'ocpi-to-party-id': '' };
    expect(readTo(empty)).toMatchObject({ kind: 'malformed', why: expect.stringContaining('is empty') });
  });
});

describe('headers that cross the hub', () => {
  const anyHeaders = fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string());

  it('are on the allow-list: nothing that a caller invents reaches the receiver', () => {
    fc.assert(
      fc.property(anyHeaders, (headers) => {
        const names = onwardHeaders(
          {
            ...headers,
            authorization: 'x',
            cookie: 'y',
            host: 'z',
            connection: 'c',
          },
          true,
        ).filter((_, i) => i % 2 === 0);
        const allowed = ['Accept', 'Accept-Encoding', 'Accept-Language', 'Content-Encoding', 'Content-Type'];
        expect(allowed).toEqual(expect.arrayContaining(names));
      }),
    );
  });

  it.each([
    ['gzip, deflate, br', 'gzip, deflate, br'],
    ['gzip, deflate, br, zstd', 'gzip, deflate, br'],
    ['zstd;q=1, GZIP;q=0.8,*;q=0.1', 'GZIP;q=0.8'],
    ['zstd', 'identity'],
    ['*', 'identity'],
    ['', 'identity'],
  ])('ask in Accept-Encoding %p only for what the hub can look into: %p', (accepted, onward) => {
    expect(onwardHeaders({ 'accept-encoding': accepted }, false)).toEqual(['Accept-Encoding', onward]);
  });

  it('bring paging and the location of a CDR back, and no cookie', () => {
    const headers = {
      link: '<x>',
      location: 'y',
      'x-total-count': '7',
      'x-limit': '5',
      'set-cookie': ['a=b'],
    };
    expect(backwardHeaders(headers)).toEqual([
      'Link',
      '<x>',
      'Location',
      'y',
      'X-Limit',
      '5',
      'X-Total-Count',
      '7',
      'Content-Type',
      'application/json',
    ]);
  });
});

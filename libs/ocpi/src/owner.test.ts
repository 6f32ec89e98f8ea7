import fc from 'fast-check';
import { ownerInPath, ownersInBody, staysBelow } from './owner';

const CPO = { countryCode: 'NL', partyId: 'CPO' };
const EVIL = { countryCode: 'DE', partyId: 'EVL' };

describe('the owner in a path', () => {
  it.each([
    '/NL/CPO/LOC1',
    '/nl/cPo/LOC1/3256/1',
    '/NL/CPO',
    '/NL/CPO/',
    '/%4eL/%43PO/1',
    '/%254eL/CPO/1',
    '//NL//CPO///1',
    '/./NL/CPO/1',
    '/NL/CPO/a/../b',
    '/NL/CPO/%zz%',
    '/NL/CPO/a;b=c',
    '/NL/CPO/DE%2FEVL%2F1',
    '/NL/CPO/%E2%82%AC',
    '/NL/CPO/..a/b..',
  ])('%s is NL*CPO', (rest) => expect(ownerInPath(rest)).toEqual(CPO));

  it.each([
    '',
    '/',
    '/LOC1',
    '/NL',
    '/NLD/CPO/1',
    '/NL/CPOX/1',
    '/NL%2FCPO/1',
    '/NL/CPO%2F..%2F..%2FDE/1',
    '/DE/../NL/CPO/1',
    '/NL/../DE/EVL/1',
    '/NL/CPO/../../DE/EVL/1',
    '/NL/CPO/..',
    '/NL/CPO/%2e%2e/EVL/1',
    '/NL/CPO/.%2E/EVL/1',
    '/NL/CPO/%252e%252e/EVL/1',
    '/NL/CPO/x/..%2f..%2fEVL/1',
    '/NL/CPO/x/..%5c..%5cEVL/1',
    '/NL/CPO/x/..\\..\\EVL/1',
    '/NL/CPO/x//../../EVL/1',
    '/NL/CPO/x/./../../EVL/1',
    '/NL/CPO/..;/EVL/1',
    '/NL/CPO/..;a=b/EVL/1',
    '/NL/CPO/..%3b/EVL/1',
    '/NL/CPO/..%00/EVL/1',
    '/NL/CPO/.%09./EVL/1',
    '/NL/CPO/%c0%ae%c0%ae/EVL/1',
    '/NL/CPO/%u002e%u002e/EVL/1',
    `/NL/CPO/%${'25'.repeat(9)}2e./EVL/1`,
    '/NL;a/CPO/1',
    '/NL /CPO/1',
  ])('%s is nobody for sure', (rest) => expect(ownerInPath(rest)).toBeUndefined());

  it('is what a server sees that takes the path apart after any of decoding, merging and resolving', () => {
    const piece = fc.constantFrom(
      ...['NL', 'CPO', 'DE', 'EVL', '..', '.', '', 'x', '/', '\\', ';', '%2f', '%252F'],
    );
    const more = fc.constantFrom('%2e', '%2E%2e', '%252e%252e', '%5c', '%4eL', '%44E', '/', '/', '/');
    const path = fc.array(fc.oneof(piece, more), { maxLength: 14 }).map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(path, (rest) => {
        const owner = ownerInPath(rest);
        if (!owner) return;
        for (const seen of readings(rest)) expect([rest, seen, owner]).toEqual([rest, seen, seen ?? owner]);
      }),
      { numRuns: 20_000 },
    );
  });
});

/** The pair that servers of different kinds would take from a path; `undefined` where they see none. */
function readings(rest: string): ReturnType<typeof ownerInPath>[] {
  const decode = (text: string): string =>
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const same = (text: string): string => text;
  const encodings = [same, decode, (text: string) => decode(decode(text))];
  const slashes = [
    same,
    (text: string) => text.replaceAll('\\', '/'),
    (text: string) => text.replace(/;[^/]*/g, ''),
  ];
  const merges = [same, (text: string) => text.replace(/\/+/g, '/')];
  const resolves = [same, (text: string) => resolved(text)];
  const texts = encodings.flatMap((a) =>
    slashes.flatMap((b) => merges.flatMap((c) => resolves.map((d) => d(c(b(a(rest))))))),
  );
  return texts.map((text) => {
    const [, country = '', party = ''] = /^\/([^/]*)\/([^/]*)/.exec(text) ?? [];
    const [countryCode, partyId] = [decode(country), decode(party)];
    return /^[a-z]{2}$/i.test(countryCode) && /^[a-z0-9]{3}$/i.test(partyId)
      ? { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() }
      : undefined;
  });
}

function resolved(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

describe('a path', () => {
  it.each([
    '',
    '/',
    '/S1/charging_preferences',
    '/a//b',
    '/a/../b',
    '/..a',
    '/START_SESSION/%zz',
    '/a%2Fb/%7E',
  ])('%s stays below its module', (rest) => expect(staysBelow(rest)).toBe(true));

  it.each([
    '/..',
    '/../locations/DE/EVL/1',
    '/a/../../tokens',
    '/%2e%2e/tokens',
    '/a%2f..%2f..',
    '/\\..',
    '/..;/x',
    '/..%3f',
    '/..%23/x',
  ])('%s does not', (rest) => expect(staysBelow(rest)).toBe(false));
});

describe('the owners in a body', () => {
  const owners = (text: string) => ownersInBody(Buffer.from(text), CPO);

  it('are none where it says nothing at its top, however much it says below', () => {
    expect(owners('{"id":"1"}')).toEqual([]);
    expect(owners('{"cdr_token":{"country_code":"DE","party_id":"EVL"},"x":["party_id"]}')).toEqual([]);
  });

  it('are read in any case, and a half that is missing is filled up', () => {
    expect(owners('{"country_code":"de","party_id":"evl"}')).toEqual([EVIL]);
    expect(owners('{"party_id":"EVL"}')).toEqual([{ ...CPO, partyId: 'EVL' }]);
    expect(owners('{"country_code":"DE"}')).toEqual([{ ...CPO, countryCode: 'DE' }]);
  });

  it('are all that any parser might take: of equal keys the first or the last, in either case, with escapes', () => {
    for (const name of ['party_id', 'party\\u005fid', '\\u0070arty_i\\u0064', 'Party_ID', 'PARTY\\u005FID']) {
      for (const text of [
        `{"country_code":"NL","party_id":"CPO","${name}":"EVL"}`,
        `{"${name}":"EVL","country_code":"NL","party_id":"CPO"}`,
      ]) {
        expect(owners(text)).toContainEqual({ ...CPO, partyId: 'EVL' });
      }
    }
    expect(owners('{"country_code":"NL","party_id":"E\\u0056L"}')).toEqual([{ ...CPO, partyId: 'EVL' }]);
  });

  it.each(['null', '1', '["EVL"]', '{"x":"EVL"}', '""', '" CPO"', '"CPO\\u0000"', '"CPOX"', 'true'])(
    'are no pair with a party_id of %s',
    (value) => expect(owners(`{"party_id":${value}}`)).toBe('no_pair'),
  );

  it('are no pair when there are more of them than anybody means', () => {
    expect(owners(`{${'"party_id":"CPO",'.repeat(17)}"x":1}`)).toBe('no_pair');
  });

  it('are told apart from a body that is no object, or no JSON', () => {
    expect(owners('[{"party_id":"EVL"}]')).toBe('no_object');
    expect(owners('"x"')).toBe('no_object');
    expect(owners('{"party_id":"EVL"')).toBe('not_json');
    expect(owners('{"party_id":"CPO"}{"party_id":"EVL"}')).toBe('not_json');
  });

  it('are found wherever they stand among members of any kind', () => {
    const noise = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 });
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const text = JSON.stringify({ ...before, party_id: 'EVL', country_code: 'DE', ...after });
        expect(owners(text)).toEqual(expect.arrayContaining([EVIL]));
      }),
    );
  });
});

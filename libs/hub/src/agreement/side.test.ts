import { agreementKey } from './agreement-key';
import { names, parseSide, type Side, sideText } from './side';

test.each<[string, Side | undefined]>([
  ['*', '*'],
  ['NL*TNM', { countryCode: 'NL', partyId: 'TNM' }],
  ['nl-t1m', { countryCode: 'NL', partyId: 'T1M' }],
  ['NL*TNM/CPO', { countryCode: 'NL', partyId: 'TNM', role: 'CPO' }],
  ['NL*TNM/cpo', undefined],
  ['NL*TNM/', undefined],
  ['NL*TNM/CPO/X', undefined],
  ['NLTNM', undefined],
  ['**', undefined],
  ['', undefined],
  [' *', undefined],
])('%j is the side %j', (text, side) => {
  expect(parseSide(text)).toEqual(side);
});

test('a side is what its text says', () => {
  for (const text of ['*', 'NL*TNM', 'NL*TNM/EMSP']) expect(sideText(parseSide(text)!)).toBe(text);
});

test('a side names its pair in whatever role, and everybody is nobody in particular', () => {
  expect(names(parseSide('NL*TNM/CPO')!, 'NL*TNM')).toBe(true);
  expect(names(parseSide('NL*TNM')!, 'NL*ZZZ')).toBe(false);
  expect(names('*', 'NL*TNM')).toBe(false);
});

test('two agreements say the same whatever the order of modules, and of sides when they hold both ways', () => {
  const one = {
    ...{ from: parseSide('NL*TNM')!, to: '*' as const, modules: ['cdrs', 'tokens'] },
    ...{ effect: 'allow' as const, bothWays: true, validFrom: null, validUntil: null, note: null },
  };
  const turned = { ...one, from: one.to, to: one.from, modules: ['tokens', 'cdrs', 'tokens'], note: 'x' };
  expect(agreementKey(turned)).toBe(agreementKey(one));
  const oneWay = { ...one, bothWays: false };
  expect(agreementKey({ ...turned, bothWays: false })).not.toBe(agreementKey(oneWay));
  for (const other of [
    { ...one, effect: 'deny' as const },
    { ...one, modules: ['cdrs'] },
    { ...one, validFrom: new Date(0) },
    { ...one, validUntil: new Date(0) },
    { ...one, from: parseSide('NL*TNM/CPO')! },
    oneWay,
  ]) {
    expect(agreementKey(other)).not.toBe(agreementKey(one));
  }
});

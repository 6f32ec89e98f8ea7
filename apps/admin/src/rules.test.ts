import { toDate, toPartyKey } from './rules';

test.each([
  ['NL*TNM', 'NL*TNM'],
  ['nl-tnm', 'NL*TNM'],
  ['De*A1b', 'DE*A1B'],
  ['NLTNM', undefined],
  ['NL**TNM', undefined],
  ['NLD*TNM', undefined],
  ['N1*TNM', undefined],
  ['NL*TNMX', undefined],
  ['', undefined],
])('%s names the party %s', (text, key) => {
  expect(toPartyKey(text)).toBe(key);
});

test.each([
  ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31T08:00:00.123456Z', '2026-01-31T08:00:00.123Z'],
  ['2026-01-31t08:00:00z', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31T01:00:00+02:00', '2026-01-30T23:00:00.000Z'],
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-02-31T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-01-01T24:30:00Z', undefined],
  ['9999-12-31T23:59:59-14:00', undefined],
  ['2026-01-31T08:00:00', undefined],
  ['2026-01-31', undefined],
  ['yesterday', undefined],
])('%s is the time %s', (text, time) => {
  expect(toDate(text)?.toISOString()).toBe(time);
});

import { type Counted, countUpdate, limitReached } from './registration-limits';

const LIMITS = { parties: 2, customModules: 1, updatesPerHour: 2 };
const having = (more: Partial<Counted> = {}): Counted => ({ held: 1, givenUp: 0, modules: [], ...more });
const NOW = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

test.each([
  ['as many parties as are allowed', {}, { held: 2 }, undefined],
  ['one party more', {}, { held: 3 }, 'parties_limit'],
  ['as many as it had before the limit came', { held: 5 }, { held: 5 }, undefined],
  ['fewer than it had, and still too many', { held: 5 }, { held: 4, givenUp: 1 }, undefined],
  ['one more than it had, above the limit', { held: 5 }, { held: 6 }, 'parties_limit'],
  ['as many given up as it may hold', { held: 2 }, { held: 2, givenUp: 2 }, undefined],
  ['more given up than it may hold', { held: 2, givenUp: 2 }, { held: 2, givenUp: 3 }, 'parties_limit'],
  ['one custom module on both interfaces', {}, { modules: ['x', 'x', 'cdrs', 'credentials'] }, undefined],
  ['two custom modules', {}, { modules: ['x', 'y'] }, 'custom_modules_limit'],
  ['two custom modules that it had', { modules: ['x', 'y'] }, { modules: ['y', 'z'] }, undefined],
] as const)('a platform with %s: %j → %j is %s', (_, before, after, limit) => {
  expect(limitReached(LIMITS, having(before), having(after))?.limit).toBe(limit);
});

test('PUTs are counted within an hour from the first, and the refusal says when the next one may come', () => {
  const first = countUpdate(2, undefined, NOW);
  expect(first).toEqual({ since: NOW, count: 1 });
  const full = { since: NOW, count: 2 };
  expect(countUpdate(2, { since: NOW, count: 1 }, later(60))).toEqual(full);
  expect(countUpdate(2, full, later(3_590))).toMatchObject({ retryAfterSeconds: 10 });
  expect(countUpdate(2, full, later(3_600))).toEqual({ since: later(3_600), count: 1 });
});

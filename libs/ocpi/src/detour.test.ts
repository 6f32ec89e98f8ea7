import { randomBytes } from 'node:crypto';
import { DETOUR_ID_BYTES, detourUrl, isDetourId, MAX_PUBLIC_URL_CHARACTERS } from './detour';
import { VERSIONS } from './version';

const newId = (): string => randomBytes(DETOUR_ID_BYTES).toString('base64url');

test('a URL that the hub hands out has 255 characters at most, on the longest base that it may have', () => {
  const base = `https://${'h'.repeat(MAX_PUBLIC_URL_CHARACTERS - 8)}`;
  const lengths = VERSIONS.map(({ version }) => detourUrl(base, version, newId()).length);
  expect(Math.max(...lengths)).toBe(255);
});

test('an id has at least 128 random bits', () => {
  expect(DETOUR_ID_BYTES * 8).toBeGreaterThanOrEqual(128);
  expect(isDetourId(newId())).toBe(true);
});

test.each(['', 'x', `${'a'.repeat(23)}\0`, 'a'.repeat(25), 'ä'.repeat(24)])('%j is no id', (text) => {
  expect(isDetourId(text)).toBe(false);
});

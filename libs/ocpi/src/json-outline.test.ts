import fc from 'fast-check';
import { FINDERS, type Lesson, LESSONS } from './finder';
import { countMembers, isJson, lastMember, stringAtPath } from './json';
import { isOutlined } from './json-outline';
import { MODULES } from './module';
import { type ObjectShape } from './object';
import { ownersInBody } from './owner';

const NAMES = ['id', 'country_code', 'party_id', 'token', 'uid', 'other'];
/** As some peers write them: in capitals, with escapes, or another name that is nearly the same. */
const key = fc.oneof(
  fc.constantFrom(...NAMES, ...NAMES.map((name) => name.toUpperCase())),
  fc.constantFrom(...NAMES).map((name) => `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`),
  fc.constantFrom('i', 'ids', 'uid ', 'x'.repeat(300)),
);
const scalar = fc.oneof(fc.constantFrom('"NL"', '"CPO"', '"DE"', '1.0', 'null', '"a\\u0041"'));
const members = (value: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(key, value), { maxLength: 40 })
    .map((all) => `{${all.map(([name, each]) => `"${name}":${each}`).join(',')}}`);
const object = members(fc.oneof(scalar, members(scalar)));
/** White space behind the text makes a large one of it and changes nothing. */
const large = (text: string): Buffer => Buffer.from(text + ' '.repeat(40_000));

test('a large object is read as a small one is', () => {
  const cut = fc
    .tuple(object, fc.nat(5))
    .map(([text, left]) => text.slice(0, text.length - (left > 3 ? 1 : 0)));
  fc.assert(
    fc.property(cut, (text) => {
      const [small, big] = [Buffer.from(text), large(text)];
      expect(isJson(big)).toBe(isJson(small));
      expect(countMembers(big)).toBe(countMembers(small));
      for (const name of NAMES) expect(lastMember(big, name)).toEqual(lastMember(small, name));
      for (const path of [['id'], ['token', 'uid'], ['token', 'token', 'id']]) {
        expect(stringAtPath(big, path)).toBe(stringAtPath(small, path));
      }
      const otherwise = { countryCode: 'FR', partyId: 'XYZ' };
      expect(ownersInBody(big, otherwise)).toEqual(ownersInBody(small, otherwise));
    }),
    { numRuns: 500 },
  );
});

test('of very many members of one name the last one counts, and they are no owner', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => `"id":"${n}","party_id":"CPO","ID":"x"`).join(',');
  const body = Buffer.from(`{${many}}`);
  expect(stringAtPath(body, ['id'])).toBe('9999');
  expect(ownersInBody(body, { countryCode: 'NL', partyId: 'CPO' })).toBe('no_pair');
});

test('every member that a table tells the hub to read is in the outline', () => {
  const rows: readonly Lesson[] = Object.values(LESSONS).flat();
  const texts = JSON.stringify([Object.values(FINDERS), rows]);
  const places = [...texts.matchAll(/{"in":"body","path":(\[[^\]]*\])}/g)].map(([, path]) => path!);
  const answered = rows.flatMap((row) => row.answered?.path ?? []);
  const shapes = MODULES.flatMap(({ object: shape }: { readonly object?: ObjectShape }) =>
    shape
      ? [
          shape.id,
          ...(shape.type ? [shape.type.name] : []),
          ...shape.parts.flatMap(({ list, id }) => [list, id]),
        ]
      : [],
  );
  const names = new Set([...places.flatMap((path) => JSON.parse(path) as string[]), ...answered, ...shapes]);
  expect(places.length).toBeGreaterThan(5);
  expect([...names].filter((name) => !isOutlined(Buffer.alloc(40_000), name))).toEqual([]);
});

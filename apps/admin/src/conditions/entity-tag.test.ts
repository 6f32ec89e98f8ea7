import { entityTag, matchesTag } from './entity-tag';

const tag = entityTag({ a: 1 });

test('a tag says whether two answers say the same, times of last use left aside', () => {
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  expect(entityTag({ a: 1, last_seen: '2026-01-01' })).toBe(tag);
  expect(entityTag({ a: 1, keys: [{ last_used_at: null }] })).toBe(
    entityTag({ a: 1, keys: [{ last_used_at: 'x' }] }),
  );
  expect(entityTag({ a: 2 })).not.toBe(tag);
  expect(entityTag({ a: null })).not.toBe(entityTag({}));
});

test.each([
  [tag, true],
  ['*', true],
  [`"other", ${tag}`, true],
  ['"other"', false],
  ['"other","third"', false],
  [`W/${tag}`, false],
  ['""', false],
])('If-Match: %s matches: %s', (ifMatch, matches) => {
  expect(matchesTag(ifMatch, tag)).toBe(matches);
});

test.each(['', 'bare', '"open', 'w/"x"', '"a",', '"a" "b"', '*, "a"'])(
  'If-Match: %s is refused',
  (ifMatch) => {
    expect(() => matchesTag(ifMatch, tag)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  },
);

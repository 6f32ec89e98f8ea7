import fc from 'fast-check';
import { isMergeable } from './mergeable';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

it.each([
  ['not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1')],
  ['UTF-8 of more bytes than it needs', Buffer.from('{"name":"\xc1\x81"}', 'latin1')],
  ['half a surrogate pair', '{"name":"\\ud800"}'],
  ['the other half', '{"name":"\\uDC00x"}'],
  ['the halves in the wrong order', '{"name":"\\udc00\\ud800"}'],
  ['half a pair before an escape', '{"name":"\\ud83d\\n\\ude00"}'],
  ['half a pair in a key', '{"\\ud800":1}'],
  ['nested too deeply', `{"x":${nested(32)}}`],
])('an object that is %s does not go into a list with others', (_, text) => {
  expect(isMergeable(Buffer.from(text))).toBe(false);
});

it.each([
  '{"name":"\\ud83d\\ude00 \\\\ud800 \\"[[[[ \\u0041é😀"}',
  `{"x":${nested(31)},"y":${nested(31)}}`,
  `{"x":"${'['.repeat(100)}"}`,
])('%s does', (text) => {
  expect(isMergeable(Buffer.from(text))).toBe(true);
});

it('whatever JSON.stringify writes of whole texts does, unless it is deep', () => {
  const value = fc.jsonValue({ maxDepth: 20, stringUnit: 'grapheme' });
  fc.assert(fc.property(value, (each) => expect(isMergeable(Buffer.from(JSON.stringify(each)))).toBe(true)));
});

import fc from 'fast-check';
import { findElements, findMembers } from './json';
import { appendElement, bytesAt, mergeMembers, setMembers } from './json-edit';

const bytes = (text: string) => Buffer.from(text);
const parsed = (buffer: Buffer | undefined): unknown => JSON.parse(buffer!.toString());

/** An object as JSON text with spaces and escapes where a peer may have them. */
const objectText = fc
  .tuple(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), fc.constantFrom('', ' ', '\n\t'))
  .map(([object, space]) => {
    const members = Object.entries(object).map(
      ([name, value]) => `${space}${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}`,
    );
    return `${space}{${members.join(`${space},`)}${space}}${space}`;
  });

test('merging bytes means what merging parsed objects means', () => {
  fc.assert(
    fc.property(objectText, objectText, (object, patch) => {
      const expected = Object.fromEntries([
        ...Object.entries(JSON.parse(object) as object),
        ...Object.entries(JSON.parse(patch) as object),
      ]);
      expect(parsed(mergeMembers(bytes(object), bytes(patch)))).toEqual(expected);
    }),
  );
});

test('merging an object into itself changes no byte, and what a patch leaves out keeps its bytes', () => {
  const object = bytes('{ "a" : 1.00,\n"b":12345678901234567890 ,"c\\u0041":1e2 , "d":{ } }\n');
  expect(mergeMembers(object, object)!.equals(object)).toBe(true);
  const merged = mergeMembers(object, bytes('{"b": 2.50 ,"cA":[ 1 ], "new" : "x"}'))!;
  expect(merged.toString()).toBe('{ "a" : 1.00,\n"b":2.50 ,"c\\u0041":[ 1 ] , "d":{ },"new":"x" }\n');
});

test('of duplicate keys the last one of a patch counts, and every one in the object is replaced', () => {
  expect(mergeMembers(bytes('{"a":1,"a":2}'), bytes('{"a":3,"a":4}'))!.toString()).toBe('{"a":4,"a":4}');
});

test('only objects are merged', () => {
  for (const text of ['[1]', '1', '{"a":', '']) {
    expect(mergeMembers(bytes(text), bytes('{}'))).toBeUndefined();
    expect(mergeMembers(bytes('{}'), bytes(text))).toBeUndefined();
  }
});

test('a member is set in an empty object, and an element is added to an empty and to a filled array', () => {
  expect(setMembers(bytes(' { } '), { 'a"b': bytes('1.0') })!.toString()).toBe(' { "a\\"b":1.0} ');
  expect(appendElement(bytes('[ ]'), bytes('{}'))!.toString()).toBe('[ {}]');
  expect(appendElement(bytes('[ 1 , [2] ]'), bytes('{}'))!.toString()).toBe('[ 1 , [2],{} ]');
  expect(appendElement(bytes('{}'), bytes('{}'))).toBeUndefined();
});

test('elements of an array and members of an object are found where they stand, however deep they are', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.constantFrom(0, 1), (values, indent) => {
      const text = bytes(JSON.stringify(values, undefined, indent));
      const texts = findElements(text)!.map((span) => Buffer.from(bytesAt(text, span)));
      expect(texts.map(parsed)).toEqual(JSON.parse(JSON.stringify(values)));
      expect(findMembers(text)).toBeUndefined();
    }),
  );
  expect(findElements(bytes('{"a":[1]}'))).toBeUndefined();
  expect(findElements(bytes('[1,'))).toBeUndefined();
});

import fc from 'fast-check';
import {
  countMembers,
  findElements,
  findMembers,
  isJson,
  lastMember,
  MAX_ENTRIES,
  spliceBytes,
  stringAtPath,
} from './json';
import { MAX_JSON_DEPTH } from './json-scan';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('isJson', () => {
  it('accepts what any JSON writer produces', () => {
    fc.assert(fc.property(fc.json(), (text) => isJson(Buffer.from(text))));
  });

  it('agrees with JSON.parse on every string that is nearly JSON', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '.5',
      'e',
      '+',
      '0',
      'true',
      'nul',
      ' ',
      '\n',
      '"\\u00e9"',
      '\t',
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (candidate) => isJson(Buffer.from(candidate)) === parses(candidate)),
      { numRuns: 20_000 },
    );
  });

  it('agrees with JSON.parse on JSON that was cut off or changed at one place', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (text, at, replacement) => {
        const place = at % (text.length + 1);
        for (const damaged of [
          text.slice(0, place),
          text.slice(0, place) + replacement + text.slice(place + 1),
        ]) {
          expect([damaged, isJson(Buffer.from(damaged))]).toEqual([damaged, parses(damaged)]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['1.00', '1e2', '-0', '12345678901234567890', '{"a":1,"a":2}', '"\\u0041"', ' [ ] ', '{ }'])(
    'accepts %s as it is',
    (text) => expect(isJson(Buffer.from(text))).toBe(true),
  );

  it('refuses nesting beyond its named limit instead of running out of stack', () => {
    const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(isJson(nested(MAX_JSON_DEPTH))).toBe(true);
    expect(isJson(nested(MAX_JSON_DEPTH + 1))).toBe(false);
    expect(isJson(Buffer.from('['.repeat(4_000_000)))).toBe(false);
  });
});

describe('lastMember', () => {
  it('finds the very bytes of a member of the outermost object, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (name, value, others) => {
          const members = [...Object.entries(others), [name, value] as const];
          const object = Buffer.from(
            `{${members.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`,
          );
          const span = lastMember(object, name);
          expect(object.subarray(span!.start, span!.end).toString()).toBe(JSON.stringify(value));
        },
      ),
    );
  });

  it('finds the last of a doubled key, and a key written with escapes', () => {
    const bytes = Buffer.from('{"x":1, "\\u0078" : 2.00 ,"y":{"x":3}}');
    const { start, end } = lastMember(bytes, 'x')!;
    expect(bytes.subarray(start, end).toString()).toBe('2.00');
  });

  it.each(['[{"x":1}]', '{"y":{"x":1}}', '{"x":1,', '1'])('finds none in %s', (text) => {
    expect(lastMember(Buffer.from(text), 'x')).toBeUndefined();
  });
});

describe('stringAtPath', () => {
  it('reads what JSON.parse would read at the same path', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, text) => {
        const bytes = Buffer.from(JSON.stringify({ [a]: { [b]: text } }));
        expect(stringAtPath(bytes, [a, b])).toBe(text);
      }),
    );
  });

  it('takes the last of doubled keys and gives up on what is not a string', () => {
    const bytes = Buffer.from('{"t":{"uid":"1"},"t":{"uid":"2","n":5}}');
    expect(stringAtPath(bytes, ['t', 'uid'])).toBe('2');
    expect(stringAtPath(bytes, ['t', 'n'])).toBeUndefined();
    expect(stringAtPath(bytes, ['t', 'none', 'x'])).toBeUndefined();
  });
});

describe('spliceBytes', () => {
  it('changes the spans and not one byte around them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.uint8Array(),
        fc.uint8Array(),
        (before, old, after, fresh) => {
          const bytes = Buffer.concat([before, old, after]);
          const spliced = spliceBytes(
            bytes,
            [{ start: before.length, end: before.length + old.length }],
            fresh,
          );
          expect(spliced.equals(Buffer.concat([before, fresh, after]))).toBe(true);
        },
      ),
    );
  });
});

test('of an object or a list with too many entries nothing is made, and single members are found all the same', () => {
  const members = Array.from({ length: MAX_ENTRIES }, (_, n) => `"m${n}":${n}`).join();
  const [most, more] = [Buffer.from(`{${members}}`), Buffer.from(`{"id":1,${members},"i\\u0064":2}`)];
  expect(findMembers(most)).toHaveLength(MAX_ENTRIES);
  expect(findMembers(more)).toBeUndefined();
  expect(countMembers(more)).toBe(MAX_ENTRIES + 2);
  const last = lastMember(more, 'id')!;
  expect(more.subarray(last.start, last.end).toString()).toBe('2');
  expect(lastMember(more, 'uid')).toBeUndefined();
  const elements = Buffer.from(`[${Array.from({ length: MAX_ENTRIES + 1 }, () => 1).join()}]`);
  expect(findElements(elements)).toBeUndefined();
  expect(countMembers(Buffer.from('[1]'))).toBeUndefined();
});

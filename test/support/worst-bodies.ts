/** The worst bodies of each limit: most members, deepest nesting, longest strings, most EVSEs, a body of 4 MiB. */

const MOST_BYTES = 4 * 1024 * 1024 - 64;
/** Below the nesting at which the hub reads no JSON. */
const DEEP = 250;

interface Filling {
  readonly separator?: string;
  /** Units at most. */
  readonly most?: number;
}

/** `head`, as many units as 4 MiB take, `tail`. */
function filled(
  head: string,
  unit: string,
  tail: string,
  { separator = ',', most = Infinity }: Filling = {},
): Buffer {
  const room = MOST_BYTES - head.length - tail.length;
  const count = Math.min(most, Math.floor(room / (unit.length + separator.length)));
  return Buffer.from(head + Array<string>(count).fill(unit).join(separator) + tail);
}

/** 380,000 members, each of another name. */
function manyMembers(members: string): Buffer {
  const others = Array.from({ length: 380_000 }, (_, n) => `"${n.toString(36)}":1`);
  return Buffer.from(`{${members},${others.join(',')}}`);
}

const EVSE =
  '{"uid":"E1","status":"AVAILABLE","connectors":[{"id":"1","standard":"IEC_62196_T2"},{"id":"2"}]}';

type Named = readonly (readonly [string, Buffer])[];

/** Objects with these members, each with one thing in it without measure. */
export function worstBodies(members: string): Named {
  const value = `{${members},"x":`;
  return [
    ['members', manyMembers(members)],
    ['members without a name', filled(`{${members},`, '"":1', '}')],
    ['nesting', filled(`${value}[`, '['.repeat(DEEP) + ']'.repeat(DEEP), ']}')],
    ['nesting deeper than is read', Buffer.from(`${value}${'['.repeat(MOST_BYTES / 2 - 1_000)}`)],
    ['a long string', filled(`${value}"`, 'a', '"}', { separator: '' })],
    ['\\u escapes', filled(`${value}"`, '\\u0041', '"}', { separator: '' })],
    ['escapes', filled(`${value}"`, '\\n', '"}', { separator: '' })],
    ['numbers', filled(`${value}[`, '0', ']}')],
    ['EVSEs', filled(`{${members},"evses":[`, EVSE, ']}')],
  ];
}

/** Objects that are as wide as the store takes: its limits of members and values, in 4 MiB. */
export function widestObjects(members: string): Named {
  const memberOf = (n: number): string => `"m${n}":"${'x'.repeat(400)}"`;
  const wide = Array.from({ length: 9_900 }, (_, n) => memberOf(n)).join(',');
  return [
    ['members', Buffer.from(`{${members},${wide}}`)],
    ['EVSEs', filled(`{${members},"evses":[`, EVSE, ']}', { most: 9_000 })],
    ['\\u escapes', filled(`{${members},"evses":[{"uid":"E1"}],"x":"`, '\\u0041', '"}', { separator: '' })],
  ];
}

/** Answers with a list of objects with these members. */
export function worstLists(members: string): Named {
  const [head, tail] = ['{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z","data":[', ']}'];
  const object = `{${members}}`;
  return [
    ['10,000 objects', filled(head, object, tail, { most: 10_000 })],
    ['more objects than are read', filled(head, object, tail)],
    ['10,000 objects without a name', filled(head, '{}', tail, { most: 10_000 })],
    [
      'one object of many members',
      Buffer.concat([Buffer.from(head), manyMembers(members).subarray(0, 3_900_000), Buffer.from(tail)]),
    ],
    ['one long object', filled(`${head}{${members},"x":"`, '\\u0041', `"}${tail}`, { separator: '' })],
    ['wide objects', filled(head, `{${members},"x":[${Array(2_000).fill('0').join(',')}]}`, tail)],
  ];
}

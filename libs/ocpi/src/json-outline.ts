/**
 * The outline of a large JSON text: where the members stand that the hub looks for, found on one pass.
 *
 * A step may ask a body ten questions. Of a small one each is a pass of some µs; of 4 MiB each would hold up the
 * messages of all others for 10 to 30 ms. So a large text is passed once, and its outline is kept as long as its bytes.
 */
import { indexOfKey, keysOf } from './json-key';
import { NO_KEY, scan } from './json-scan';
import { type Span, stringAt } from './json-string';

/** Texts from this size on have an outline. Below it a pass takes less than 0.2 ms. */
const LEAST_OUTLINED_BYTES = 32 * 1024;

/** Every member that the hub reads of a message, an object or an answer. Others cost a pass each. */
const OUTLINED = keysOf(
  ...['country_code', 'party_id', 'id', 'uid', 'type', 'last_updated', 'evses', 'connectors'],
  ...['location_id', 'session_id', 'reservation_id', 'cdr_token', 'token'],
  ...['status_code', 'status_message', 'data', 'result', 'allowed'],
);
const INDEX: ReadonlyMap<string, number> = new Map(OUTLINED.names.map((name, index) => [name, index]));
const [SHORTEST, LONGEST_PLAIN] = [
  Math.min(...OUTLINED.bytes.map(({ length }) => length)),
  Math.max(...OUTLINED.bytes.map(({ length }) => length)),
];
const BACKSLASH = 0x5c;

/** Members of one name that are kept: the first ones and the last. With more, an object contradicts itself. */
const MOST_OF_A_NAME = 17;

/** Made for texts that do not change any more. */
const outlines = new WeakMap<Uint8Array, Outline>();

/** Whether there is an outline of these bytes, with members of these names in it. */
export function isOutlined(bytes: Uint8Array, ...names: readonly string[]): boolean {
  return bytes.length >= LEAST_OUTLINED_BYTES && names.every((name) => INDEX.has(name));
}

/** The outline, made with the first call. */
export function outlineOf(bytes: Uint8Array): Outline {
  let outline = outlines.get(bytes);
  if (!outline) outlines.set(bytes, (outline = new Outline(bytes)));
  return outline;
}

class Outline {
  /** Whether the bytes are one JSON text. */
  readonly valid: boolean;
  /** Members or elements of the outermost value. */
  entries = 0;
  /** For each name the values of its members, as `peekMembers` compares names. */
  private readonly found: Span[][] = OUTLINED.names.map(() => []);
  /** The last value of a member that has the very name. */
  private readonly exact: (Span | undefined)[] = [];
  private readonly parts = new Map<number, Uint8Array>();

  constructor(private readonly bytes: Uint8Array) {
    this.valid = scan(bytes, (keyStart, keyEnd, start, end) => {
      this.entries++;
      if (keyStart !== NO_KEY && mayBeNamed(bytes, keyStart, keyEnd))
        this.see(keyStart, keyEnd, { start, end });
    });
  }

  /** As `lastMember`. */
  last(name: string): Span | undefined {
    return this.valid ? this.exact[INDEX.get(name)!] : undefined;
  }

  /** The values of all members of a name, in whatever case; of very many the first ones and the last. */
  all(name: string): readonly Span[] {
    return this.found[INDEX.get(name)!]!;
  }

  /** The bytes of a value: the same ones each time, so that they have their own outline. */
  part({ start, end }: Span): Uint8Array {
    const part = this.parts.get(start) ?? this.bytes.subarray(start, end);
    this.parts.set(start, part);
    return part;
  }

  private see(keyStart: number, keyEnd: number, value: Span): void {
    const index = indexOfKey(this.bytes, keyStart, keyEnd, OUTLINED);
    if (index === -1) return;
    const list = this.found[index]!;
    list[Math.min(list.length, MOST_OF_A_NAME - 1)] = value;
    const key = { start: keyStart, end: keyEnd };
    if (stringAt(this.bytes, key) === OUTLINED.names[index]) this.exact[index] = value;
  }
}

/** Tells most keys that are no such name at a glance. */
function mayBeNamed(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return length >= SHORTEST && (length <= LONGEST_PLAIN || bytes.subarray(start, end).includes(BACKSLASH));
}

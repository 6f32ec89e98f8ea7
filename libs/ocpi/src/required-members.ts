/**
 * Members that one version requires where an older one of the same family has none, as rows.
 *
 * Spec: 2.2.1-d2 mod_cdrs, CdrToken class; 2.2 has no `country_code` and `party_id` there.
 */
import { findElements, findMembers, isObject, lastMember, type Span } from './json';
import { mergeMembers } from './json-edit';
import { type PartyId } from './party';
import { type Version } from './version';

/** In messages of these modules an object names the eMSP of a token by a pair of members. */
export interface RequiredMembers {
  /** The version that requires them; a receiver on another one is sent the object as it is. */
  readonly version: Version;
  readonly modules: readonly string[];
  /** The member that holds the object. */
  readonly object: string;
  readonly countryCode: string;
  readonly partyId: string;
}

const REQUIRED_MEMBERS: readonly RequiredMembers[] = [
  {
    ...{ version: '2.2.1', modules: ['cdrs', 'sessions'] },
    ...{ object: 'cdr_token', countryCode: 'country_code', partyId: 'party_id' },
  },
];

/** The row for a receiver's version and a module; `undefined` when nothing may be missing. */
export function requiredMembers(version: string | null, module: string): RequiredMembers | undefined {
  return REQUIRED_MEMBERS.find((row) => row.version === version && row.modules.includes(module));
}

/** What was added, in words. */
export function addedMembers({ object, countryCode, partyId }: RequiredMembers): string {
  return `${object}.${countryCode} and ${object}.${partyId} added where they were absent`;
}

/**
 * A JSON object with the missing members of `row`, in which every other byte is as it was.
 *
 * @returns `undefined` when nothing is missing, or the bytes are no such object
 */
export function withMembers(body: Uint8Array, row: RequiredMembers, party: PartyId): Buffer | undefined {
  return spliced(body, spansOf(lastMember(body, row.object)), (token) => filled(token, row, party));
}

/** The same for each object in the `data` of an answer, which is one object or a list. */
export function withMembersInData(
  body: Uint8Array,
  row: RequiredMembers,
  party: PartyId,
): Buffer | undefined {
  const fill = (object: Uint8Array): Buffer | undefined => withMembers(object, row, party);
  return spliced(body, spansOf(lastMember(body, 'data')), (data) =>
    isObject(data) ? fill(data) : spliced(data, findElements(data) ?? [], fill),
  );
}

function spansOf(span: Span | undefined): readonly Span[] {
  return span ? [span] : [];
}

function filled(token: Uint8Array, row: RequiredMembers, party: PartyId): Buffer | undefined {
  const names = findMembers(token)?.map(({ name }) => name);
  if (!names) return undefined;
  const wanted = [
    [row.countryCode, party.countryCode],
    [row.partyId, party.partyId],
  ] as const;
  const missing = wanted.filter(([name]) => !names.includes(name));
  if (missing.length === 0) return undefined;
  return mergeMembers(token, Buffer.from(JSON.stringify(Object.fromEntries(missing))));
}

/** The bytes with each span changed that `change` changes; `undefined` when it changes none. */
function spliced(
  bytes: Uint8Array,
  spans: readonly Span[],
  change: (part: Uint8Array) => Uint8Array | undefined,
): Buffer | undefined {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    const changed = change(bytes.subarray(start, end));
    if (!changed) continue;
    parts.push(bytes.subarray(from, start), changed);
    from = end;
  }
  return from === 0 ? undefined : Buffer.concat([...parts, bytes.subarray(from)]);
}

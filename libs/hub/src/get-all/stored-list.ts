/** GET All of what the hub stores, and GET of one object of it. */
import { comparableId, moduleRow, type ObjectShape, type Target } from '@app/ocpi';
import { type Permitted } from '../exchange';
import { HubError } from '../hub-error';
import { partOf } from '../objects/apply-change';
import { segmentsOf } from '../objects/object-change';
import { type FailingList, type ObjectOwner, type ObjectStore, type SyncStore } from '../ports';
import { type Counterpart } from './counterparts';
import { type ListPage } from './list-page';
import { isPlace, type ListRequest, readStored, writeStored } from './list-request';

/** The bodies of one page, in bytes in all: what peers can be expected to take. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

export interface StoredParts {
  readonly objects: Pick<ObjectStore, 'page' | 'count' | 'find'>;
  readonly sync: Pick<SyncStore, 'failing'>;
}

/** One page in the order in which the hub first got the objects, which no later change of them changes. */
export async function storedList(
  { target }: Permitted,
  request: ListRequest,
  counterparts: readonly Counterpart[],
  { objects, sync }: StoredParts,
): Promise<ListPage> {
  const { module } = target;
  const { limit, cursor, dateFrom, dateTo } = request;
  const filter = { module, owners: ownersOf(counterparts), dateFrom, dateTo };
  const kept = cursor === null ? undefined : readStored(module, cursor);
  const place = kept && isPlace(kept.offset, request) ? kept : { after: 0, offset: request.offset };
  const skipped = place === kept ? 0 : request.offset;
  const [{ bodies, next }, total, failing] = await Promise.all([
    objects.page({ ...filter, after: place.after, offset: skipped, limit, maxBytes: MAX_PAGE_BYTES }),
    objects.count(filter),
    cursor === null ? sync.failing(module) : [],
  ]);
  const nextOffset = place.offset + bodies.length;
  const cursorOfNext = next === null ? null : writeStored(module, { after: next, offset: nextOffset });
  return { bodies, next: cursorOfNext, nextOffset, total, notes: notesOf(counterparts, failing) };
}

/** The lists that the hub could not read, or not to their end. */
function notesOf(counterparts: readonly Counterpart[], failing: readonly FailingList[]): string[] {
  const lists = new Map(failing.map((each) => [`${each.platformId} ${each.owner}`, each]));
  const notes = counterparts.flatMap(({ platform, key }) => {
    const list = lists.get(`${platform.id} ${key}`);
    if (!list) return [];
    if (list.shortage !== null) return `${key} is not complete: ${list.shortage}`;
    return `${key} may be out of date: its list could not be read`;
  });
  return [...new Set(notes)];
}

/**
 * One object, or a part of it, of whoever has it.
 *
 * Spec: 2.2.1-d2 mod_locations, GET Object.
 *
 * @throws HubError `object_unknown`, `object_ambiguous`
 */
export async function storedObject(
  target: Target,
  counterparts: readonly Counterpart[],
  { objects }: StoredParts,
): Promise<Uint8Array> {
  const shape = moduleRow(target.module)?.object;
  const [id, ...part] = (segmentsOf(target.rest) ?? []).map((segment) => comparableId(segment));
  if (!shape || id === undefined || !isPart(part, shape)) throw new HubError('object_unknown');
  const { module } = target;
  const found = await objects.find({
    module,
    id,
    type: typeIn(target, shape),
    owners: ownersOf(counterparts),
  });
  if (found.length > 1) throw new HubError('object_ambiguous');
  const object = found[0] && partOf(found[0], shape.parts, part);
  if (!object) throw new HubError('object_unknown');
  return object;
}

function isPart(part: readonly (string | undefined)[], { parts }: ObjectShape): part is readonly string[] {
  return part.length <= parts.length && part.every((id) => id !== undefined);
}

function typeIn({ query }: Target, { type }: ObjectShape): string {
  return type ? (comparableId(new URLSearchParams(query).get(type.name)) ?? type.otherwise) : '';
}

function ownersOf(counterparts: readonly Counterpart[]): readonly ObjectOwner[] {
  return counterparts.map(({ key, platform }) => ({ platformId: platform.id, owner: key }));
}

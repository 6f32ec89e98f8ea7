/**
 * A stored object after a push. Pure, on bytes: what the push does not name keeps its very bytes.
 *
 * Spec: 2.2.1-d2 mod_locations, PUT Method and PATCH Method; transport_and_format, PATCH.
 */
import {
  appendElement,
  bytesAt,
  findElements,
  isJson,
  mergeMembers,
  type ObjectShape,
  parseDateTime,
  type PartShape,
  setMembers,
  type Span,
  spliceBytes,
} from '@app/ocpi';
import { type ObjectChange } from '../ports';
import { isLarge, nextTurn } from '../turn-budget';
import { idIn, MAX_OBJECT_BYTES, textIn, valueIn } from './object-change';

/** The member by which readers ask for what is new. */
const LAST_UPDATED = 'last_updated';
const NULL = Buffer.from('null');

type Push = Pick<ObjectChange, 'method' | 'part' | 'body'>;

/**
 * The object after a PUT or PATCH of it or of a part of it. Large ones are changed in several turns of the event loop.
 *
 * @param stored the object as it is kept; `undefined` when it is not
 * @returns `undefined` when the push changes nothing that is stored: what it patches is not there
 */
export async function applyToBody(
  shape: ObjectShape,
  stored: Uint8Array | undefined,
  push: Push,
): Promise<Uint8Array | undefined> {
  if (push.body === null) return undefined;
  if (push.part.length === 0 && push.method === 'PUT') return push.body;
  const changed = stored && (await changedPart(stored, shape.parts, push.part, { ...push, body: push.body }));
  if (isLarge(changed)) await nextTurn();
  return changed && changed.length <= MAX_OBJECT_BYTES && isJson(changed) ? changed : undefined;
}

/** When an object says that it last changed; `undefined` when it does not. */
export function lastUpdatedOf(object: Uint8Array): Date | undefined {
  return parseDateTime(textIn(object, LAST_UPDATED) ?? null) ?? undefined;
}

/**
 * A part of an object, by its ids.
 *
 * @returns `undefined` when there is no such part
 */
export function partOf(
  object: Uint8Array,
  shapes: readonly PartShape[],
  ids: readonly string[],
): Uint8Array | undefined {
  let part: Uint8Array | undefined = object;
  for (const [depth, id] of ids.entries()) {
    const found: Found | undefined = part && find(part, shapes[depth], id);
    part = found?.element && found.list && bytesAt(found.list, found.element);
  }
  return part;
}

type WrittenPush = Push & { readonly body: Buffer };

async function changedPart(
  object: Uint8Array,
  [shape, ...inner]: readonly PartShape[],
  [id, ...further]: readonly string[],
  push: WrittenPush,
): Promise<Uint8Array | undefined> {
  if (id === undefined) return push.method === 'PUT' ? push.body : mergeMembers(object, push.body);
  if (!shape) return undefined;
  const { list, element } = find(object, shape, id);
  if (isLarge(list)) await nextTurn();
  const isNew = push.method === 'PUT' && further.length === 0;
  if (!element)
    return isNew ? withList(object, shape, appendElement(list ?? EMPTY, push.body), push) : undefined;
  const part = await changedPart(bytesAt(list!, element), inner, further, push);
  return part && withList(object, shape, spliceBytes(list!, [element], part), push);
}

const EMPTY = Buffer.from('[]');

interface Found {
  readonly list: Uint8Array | undefined;
  readonly element: Span | undefined;
}

/** Of elements with the same id the last one counts. */
function find(object: Uint8Array, shape: PartShape | undefined, id: string): Found {
  const value = shape && valueIn(object, shape.list);
  const list = value && !NULL.equals(value) ? value : undefined;
  const elements = list && findElements(list);
  return { list, element: elements?.findLast((span) => idIn(bytesAt(list!, span), shape!.id) === id) };
}

function withList(
  object: Uint8Array,
  shape: PartShape,
  list: Uint8Array | undefined,
  { body }: WrittenPush,
): Uint8Array | undefined {
  return list && setMembers(object, { [shape.list]: list, ...touched(object, body) });
}

/**
 * What contains a changed part has changed with it: it gets the part's `last_updated`, but never an older one.
 *
 * Spec: 2.2.1-d2 mod_locations, PATCH Method: the Receiver sets the new value on the parents.
 */
function touched(object: Uint8Array, body: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const [before, after] = [lastUpdatedOf(object), lastUpdatedOf(body)];
  if (!after || (before && after <= before)) return {};
  return { [LAST_UPDATED]: valueIn(body, LAST_UPDATED)! };
}

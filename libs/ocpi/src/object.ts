/**
 * How client-owned objects are named, as rows of the module table.
 *
 * Spec: 2.2.1-d2 transport_and_format, Client Owned Object Push; the "Request Parameters" of each mod_*.
 */

/** A list inside an object whose elements can be addressed on their own. */
export interface PartShape {
  /** The member that holds the list. */
  readonly list: string;
  /** The member that names an element within it. */
  readonly id: string;
}

export interface ObjectShape {
  /** The member that names the object among those of its owner. */
  readonly id: string;
  /** The other half of its name: a member of the object, a parameter of its URL, and what holds without. */
  readonly type?: { readonly name: string; readonly otherwise: string };
  /** What the path may go on with after the object's own id, outermost first. */
  readonly parts: readonly PartShape[];
}

/** Spec: 2.2.1-d2 mod_locations, Receiver Interface. */
export const LOCATION: ObjectShape = {
  id: 'id',
  parts: [
    { list: 'evses', id: 'uid' },
    { list: 'connectors', id: 'id' },
  ],
};

/** Spec: 2.2.1-d2 mod_tariffs, Receiver Interface. */
export const TARIFF: ObjectShape = { id: 'id', parts: [] };

/** Spec: 2.2.1-d2 mod_tokens, Receiver Interface, Request Parameters. */
export const TOKEN: ObjectShape = { id: 'uid', type: { name: 'type', otherwise: 'RFID' }, parts: [] };

/** Ids of OCPI have 36 characters at most; longer ones of generous peers count up to here. */
export const MAX_ID_CHARACTERS = 128;
/** Spec: 2.2.1-d2 types, CiString: printable ASCII. */
const CI_STRING = /^[\x20-\x7e]+$/;

/** An id in the form in which ids are compared, or `undefined` when the text is no CiString of a usable length. */
export function comparableId(text: string | null | undefined): string | undefined {
  if (!text || text.length > MAX_ID_CHARACTERS || !CI_STRING.test(text)) return undefined;
  return text.toUpperCase();
}

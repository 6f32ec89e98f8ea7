/**
 * Which object a push is about, read from its URL alone.
 *
 * Spec: 2.2.1-d2 transport_and_format, Client Owned Object Push; types, CiString.
 */

/** An object and the part of it that a push touches, in a canonical spelling. */
export interface PushedObject {
  /** `locations/nl/cpo/loc1`: the client-owned object. Its EVSEs and connectors are parts of it and share the key. */
  readonly key: string;
  /** The key with what follows it: the whole object, or one part. Parts of it begin with it and a slash. */
  readonly path: string;
}

/** Owner's country code, owner's party id, object id. */
const KEY_SEGMENTS = 3;

/**
 * The object behind `/{country_code}/{party_id}/{id}[/…]`. Ids are case-insensitive strings and may be
 * percent-encoded in more than one way, so both are levelled; the query counts, since `type` tells tokens apart.
 *
 * @param rest what follows the module in the path, verbatim
 * @param query with its `?`, or `''`
 */
export function pushedObject(module: string, rest: string, query = ''): PushedObject {
  const segments = rest.split('/').filter(Boolean).map(level);
  return {
    key: [module, ...segments.slice(0, KEY_SEGMENTS)].join('/'),
    path: [module, ...segments].join('/') + query.toLowerCase(),
  };
}

function level(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment).toLowerCase());
  } catch {
    return segment.toLowerCase(); // no valid percent-encoding: compared as it stands
  }
}

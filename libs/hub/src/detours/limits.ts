/** The URL of a next page works this long, in s: a crawl that stands still for half a day begins again. */
export const LINK_TTL_SECONDS = 12 * 3_600;
/** A longer URL of a peer is refused: eight times what OCPI allows, half of what HTTP servers take. */
export const MAX_TARGET_CHARACTERS = 2_048;
/** Next pages that one answer may name; one is what makes sense. */
export const MAX_NEXT_LINKS = 4;

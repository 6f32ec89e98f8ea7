import { InvalidCursor, type Page, type PageRequest } from '@app/hub';

/**
 * One page of items sorted by their key, after the key that the cursor carries.
 *
 * @throws InvalidCursor when the cursor carries nothing that could be a key
 */
export function pageAfter<T>(items: readonly T[], page: PageRequest, keyOf: (item: T) => string): Page<T> {
  const after = page.cursor === null ? '' : readKey(page.cursor);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = sorted.slice(0, page.limit);
  const last = sorted.length > page.limit ? shown.at(-1) : undefined;
  const nextCursor = last === undefined ? null : Buffer.from(`key ${last.key}`).toString('base64url');
  return { data: shown.map(({ item }) => item), nextCursor };
}

function readKey(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith('key ')) throw new InvalidCursor('this list never gave out such a cursor');
  return text.slice('key '.length);
}

/** Cursors of lists: the key of the last row shown, opaque to those who carry it. */
import { InvalidCursor, type Page } from '@app/hub';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A place in a list that is sorted by time and id. */
export interface TimeKey {
  readonly at: Date;
  readonly id: string;
}

/** A cursor that carries these words, none of which has a space in it. */
export function writeCursor(...words: readonly string[]): string {
  return Buffer.from(words.join(' ')).toString('base64url');
}

/**
 * The words of a cursor, one for each pattern.
 *
 * @throws InvalidCursor when they do not fit
 */
export function readCursor(cursor: string, patterns: readonly RegExp[]): string[] {
  const words = Buffer.from(cursor, 'base64url').toString().split(' ');
  const fits = words.length === patterns.length && patterns.every((pattern, at) => pattern.test(words[at]!));
  if (!fits) throw new InvalidCursor('this list never gave out such a cursor');
  return words;
}

/** @throws InvalidCursor */
export function readTimeCursor(cursor: string): TimeKey {
  const [time, id] = readCursor(cursor, [TIME, UUID]);
  const at = new Date(time!);
  if (Number.isNaN(at.getTime())) throw new InvalidCursor('this list never gave out such a cursor');
  return { at, id: id! };
}

/** One page of rows of which one more than `limit` was asked for, to know whether there is a next page. */
export function pageOf<T>(found: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const data = found.slice(0, limit);
  const last = found.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last === undefined ? null : cursorOf(last) };
}

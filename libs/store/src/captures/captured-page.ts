/** Which captured messages are on a page. They are long: a page ends by their number or by their length. */
import { type Page, type PageRequest } from '@app/hub';
import { type DataSource } from 'typeorm';
import { readTimeCursor, type TimeKey, writeCursor } from '../cursor';

/** Encrypted bytes of one page; in the clear, and as JSON, a process holds about four times as much for it. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** The length is known without reading what is that long. */
const PLACES = `
  SELECT message.id, message.at, octet_length(message.sealed) AS bytes
  FROM captured_messages message JOIN captures capture ON capture.id = message.capture_id
  WHERE message.capture_id = $1 AND capture.deleted_at > now()
    AND ($2::timestamptz IS NULL OR (message.at, message.id) > ($2, $3::uuid))
  ORDER BY message.at, message.id LIMIT $4`;

/**
 * The places of the messages of one page, oldest first: at least one, where there is any.
 *
 * @throws InvalidCursor
 */
export async function placesOf(
  dataSource: DataSource,
  captureId: string,
  { cursor, limit }: PageRequest,
): Promise<Page<TimeKey>> {
  const after = cursor === null ? undefined : readTimeCursor(cursor);
  const values = [captureId, after?.at ?? null, after?.id ?? null, limit + 1];
  const found = await dataSource.query<(TimeKey & { readonly bytes: number })[]>(PLACES, values);
  let [count, bytes] = [0, 0];
  while (count < Math.min(found.length, limit) && (count === 0 || bytes + found[count]!.bytes <= PAGE_BYTES))
    bytes += found[count++]!.bytes;
  const last = count < found.length ? found[count - 1] : undefined;
  const nextCursor = last === undefined ? null : writeCursor(last.at.toISOString(), last.id);
  return { data: found.slice(0, count), nextCursor };
}

/** Writes what was captured, as far as the capture still has room. */
import { randomUUID } from 'node:crypto';
import { type CapturedMessage } from '@app/hub';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Seal } from '../seal';
import { announce, inTransaction } from '../transaction';
import { sealMessage } from './sealed-message';

/** A message of one capture, on its way to the database. */
export interface Capturing {
  readonly platformId: string;
  readonly captureId: string;
  readonly message: CapturedMessage;
}

/** A message that was under way when the time was over is a part of it: the slack for slow ones and slow clocks. */
export const IS_WRITABLE = `ended_at IS NULL AND ends_at > now() - interval '60 s'`;

/** Whoever else writes waits for it. */
const ROOM = `SELECT max_bytes - bytes AS room FROM captures WHERE id = $1 AND ${IS_WRITABLE} FOR UPDATE`;

const WRITE = `
  WITH capture AS (
    UPDATE captures SET bytes = bytes + $2, messages = messages + cardinality($3::uuid[]) WHERE id = $1)
  INSERT INTO captured_messages (id, capture_id, at, sealed)
  SELECT given.id, $1, given.at, given.sealed
  FROM unnest($3::uuid[], $4::timestamptz[], $5::bytea[]) AS given (id, at, sealed)`;

/** One that was full has ended now; one that ended before only counts what came late. */
const END = `
  UPDATE captures SET dropped = dropped + $2, ended_at = coalesce(ended_at, least(now(), ends_at))
  WHERE id = $1 RETURNING platform_id`;

/** Capture → how many of its messages found no room on their way here. */
export type Missed = ReadonlyMap<string, number>;

const COUNT_MISSED = 'UPDATE captures SET dropped = dropped + $2 WHERE id = $1';

/** Writes a batch, whichever captures its messages belong to; what is not written is counted there. */
export async function writeCaptured(
  dataSource: DataSource,
  seal: Seal,
  batch: readonly Capturing[],
  missed: Missed,
): Promise<void> {
  const byCapture = new Map<string, Capturing[]>();
  for (const one of batch) byCapture.set(one.captureId, [...(byCapture.get(one.captureId) ?? []), one]);
  for (const [captureId, messages] of byCapture) {
    await inTransaction(dataSource, (manager) => writeOf(manager, seal, captureId, messages));
  }
  for (const counted of missed) await dataSource.query(COUNT_MISSED, [...counted]);
}

async function writeOf(
  manager: EntityManager,
  seal: Seal,
  captureId: string,
  messages: readonly Capturing[],
): Promise<void> {
  const sealed = messages.map(({ platformId, message }) => sealMessage(seal, platformId, message));
  const [capture] = await manager.query<{ room: number }[]>(ROOM, [captureId]);
  const { count, bytes } = fitting(sealed, capture?.room ?? 0);
  if (count > 0) {
    const kept = messages.slice(0, count);
    await manager.query(WRITE, [
      ...[captureId, bytes, kept.map(() => randomUUID())],
      ...[kept.map(({ message }) => message.at), sealed.slice(0, count)],
    ]);
  }
  if (count < messages.length) await end(manager, captureId, messages.length - count);
}

/** How many from the first on there is room for. */
function fitting(
  sealed: readonly Buffer[],
  room: number,
): { readonly count: number; readonly bytes: number } {
  let [count, bytes] = [0, 0];
  while (count < sealed.length && bytes + sealed[count]!.length <= room) bytes += sealed[count++]!.length;
  return { count, bytes };
}

async function end(manager: EntityManager, captureId: string, dropped: number): Promise<void> {
  const [ended] = await manager.query<[{ platform_id: string }[], number]>(END, [captureId, dropped]);
  await announce(manager, ...ended.map(({ platform_id }) => platform_id));
}

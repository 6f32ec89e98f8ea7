import { applyToBody, lastUpdatedOf, type ObjectChange } from '@app/hub';
import { moduleRow } from '@app/ocpi';
import { type EntityManager } from 'typeorm';

/** The columns that name an object, in the order of `keyOf`. */
const KEY = '(module, object_id, type, owner, platform_id) = ($1, $2, $3, $4, $5)';

/**
 * Takes a push over into the object store, in the transaction of `manager`. What patches something that is not
 * stored is ignored.
 */
export async function applyObjectChange(manager: EntityManager, change: ObjectChange): Promise<void> {
  if (change.body === null) return bury(manager, change);
  if (change.method === 'PUT' && change.part.length === 0) return keep(manager, change, change.body);
  const stored = await lock(manager, change);
  const shape = moduleRow(change.key.module)?.object;
  const changed = shape && stored && (await applyToBody(shape, stored, change));
  if (changed) await replace(manager, change, changed);
}

/** Holds up every other change of this object until the transaction ends. */
async function lock(manager: EntityManager, change: ObjectChange): Promise<Buffer | undefined> {
  const rows: { body: Buffer }[] = await manager.query(
    `SELECT body FROM objects WHERE ${KEY} AND deleted_at IS NULL FOR UPDATE`,
    keyOf(change),
  );
  return rows[0]?.body;
}

/** One that was deleted gets a new place at the end of the order: whoever passed its old one must see it. */
async function keep(manager: EntityManager, change: ObjectChange, body: Uint8Array): Promise<void> {
  await manager.query(
    `INSERT INTO objects AS kept
       (module, object_id, type, owner, platform_id, seen_at, pushed_at, last_updated, body, seq)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, nextval('objects_seq'))
     ON CONFLICT (module, object_id, type, owner, platform_id) DO UPDATE SET
       seen_at = excluded.seen_at, pushed_at = excluded.pushed_at,
       last_updated = excluded.last_updated, body = excluded.body, deleted_at = NULL,
       seq = CASE WHEN kept.deleted_at IS NULL THEN kept.seq ELSE excluded.seq END`,
    valuesOf(change, body),
  );
}

async function replace(manager: EntityManager, change: ObjectChange, body: Uint8Array): Promise<void> {
  await manager.query(
    `UPDATE objects SET seen_at = $6, pushed_at = $6, last_updated = $7, body = $8 WHERE ${KEY}`,
    valuesOf(change, body),
  );
}

/** Also when it was never stored: it may be in a list that is being pulled now. */
async function bury(manager: EntityManager, change: ObjectChange): Promise<void> {
  await manager.query(
    `INSERT INTO objects
       (module, object_id, type, owner, platform_id, seen_at, pushed_at, last_updated, deleted_at, seq)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $6, nextval('objects_seq'))
     ON CONFLICT (module, object_id, type, owner, platform_id) DO UPDATE SET
       seen_at = excluded.seen_at, pushed_at = excluded.pushed_at, deleted_at = excluded.deleted_at, body = NULL`,
    [...keyOf(change), change.receivedAt],
  );
}

function keyOf({ key: { module, id, type, owner }, platformId }: ObjectChange): string[] {
  return [module, id, type, owner, platformId];
}

function valuesOf(change: ObjectChange, body: Uint8Array): unknown[] {
  const { receivedAt } = change;
  return [...keyOf(change), receivedAt, lastUpdatedOf(body) ?? receivedAt, Buffer.from(body)];
}

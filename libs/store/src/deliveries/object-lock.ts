import { type PushedObject } from '@app/ocpi';
import { type EntityManager } from 'typeorm';

/** First half of the advisory lock on an object; any number that no other user of such locks has. */
const OBJECT_LOCK = 7_240_101;

/**
 * Whoever adds legs to the lines of an object does it one after the other, until the end of its transaction: so their
 * order is that of their commits, and each sees what the one before has added.
 */
export async function lockObject(manager: EntityManager, { key }: Pick<PushedObject, 'key'>): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [OBJECT_LOCK, key]);
}

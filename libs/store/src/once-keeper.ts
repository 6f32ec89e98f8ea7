/** Creations that are done once, however often they are asked for under one key. */
import { createHash } from 'node:crypto';
import { type Once, type Repetition } from '@app/hub';
import { type EntityManager } from 'typeorm';
import { IdempotencyKeyEntity } from './entities';
import { type Seal } from './seal';

/** Keys whose time is over that one creation takes along: more than it adds, so that they cannot pile up. */
const PURGED_AT_ONCE = 10;

/** The transaction in which it is done. */
export interface OnceScope {
  readonly manager: EntityManager;
  readonly now: Date;
}

export class OnceKeeper {
  constructor(private readonly seal: Seal) {}

  /**
   * Does the work unless it was done under this key before. The same request on another connection waits at
   * the key's row until this transaction is over, and then finds the answer, or finds nothing and goes first.
   */
  async run<Outcome>(
    { manager, now }: OnceScope,
    once: Once<Outcome>,
    work: () => Promise<Outcome>,
  ): Promise<Outcome | Repetition> {
    const key = createHash('sha256').update(once.key).digest('hex');
    await forgetOld(manager, key, now);
    if (!(await isFirst(manager, key, once))) return this.earlier(manager, key, once.request);
    const outcome = await work();
    const answer = once.answer(outcome);
    if (answer === undefined) await manager.delete(IdempotencyKeyEntity, { key });
    else await manager.update(IdempotencyKeyEntity, { key }, { answer: this.seal.close(answer, key) });
    return outcome;
  }

  private async earlier(manager: EntityManager, key: string, request: string): Promise<Repetition> {
    const row = await manager.findOneByOrFail(IdempotencyKeyEntity, { key });
    if (row.request !== request || row.answer === null) return { outcome: 'key_reused' };
    return { outcome: 'repeated', answer: this.seal.open(row.answer, key) };
  }
}

async function isFirst(
  manager: EntityManager,
  key: string,
  { request, expiresAt }: Pick<Once<never>, 'request' | 'expiresAt'>,
): Promise<boolean> {
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(IdempotencyKeyEntity)
    .values({ key, request, answer: null, expiresAt })
    .orIgnore()
    .returning(['key'])
    .execute();
  return (inserted.raw as unknown[]).length > 0;
}

/** Rows that another transaction is at are left to it: nobody waits here. */
async function forgetOld(manager: EntityManager, key: string, now: Date): Promise<void> {
  await manager.query('DELETE FROM idempotency_keys WHERE key = $1 AND expires_at <= $2', [key, now]);
  await manager.query(
    `DELETE FROM idempotency_keys WHERE key IN (
       SELECT key FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at
       LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [now, PURGED_AT_ONCE],
  );
}

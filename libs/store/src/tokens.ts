/** Credentials tokens that the hub issued: A opens a registration, C everything else. */
import { randomUUID } from 'node:crypto';
import { type IssuedToken, type Registration } from '@app/hub';
import { type EntityManager, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { CredentialsTokenEntity } from './entities';

interface NewToken {
  readonly platformId: string;
  readonly hash: string;
  readonly kind: IssuedToken['kind'];
}

async function insertToken(
  manager: EntityManager,
  token: NewToken,
  now: Date,
  expiresAt: Date | null = null,
): Promise<void> {
  await manager.insert(CredentialsTokenEntity, {
    id: randomUUID(),
    ...token,
    createdAt: now,
    expiresAt,
  });
}

/** The only token A that works from now on. */
export async function issueTokenA(
  manager: EntityManager,
  platformId: string,
  hash: string,
  now: Date,
): Promise<void> {
  await manager.delete(CredentialsTokenEntity, { platformId, kind: 'A' });
  await insertToken(manager, { platformId, hash, kind: 'A' }, now);
}

/** A token A for a limited time, beside the one that the operator handed out; one at a time. */
export async function lendTokenA(
  manager: EntityManager,
  { platformId, hash, until }: { platformId: string; hash: string; until: Date },
  now: Date,
): Promise<boolean> {
  const lent = { platformId, kind: 'A' } as const;
  await manager.delete(CredentialsTokenEntity, { ...lent, expiresAt: LessThanOrEqual(now) });
  if (await manager.existsBy(CredentialsTokenEntity, { ...lent, expiresAt: Not(IsNull()) })) return false;
  await insertToken(manager, { platformId, hash, kind: 'A' }, now, until);
  return true;
}

/** Whether a token A, handed out by the operator or lent, is still the platform's. */
export function hasTokenA(manager: EntityManager, platformId: string, hash: string): Promise<boolean> {
  return manager.existsBy(CredentialsTokenEntity, { platformId, hash, kind: 'A' });
}

/** The end of a token that was lent. @returns whether it was there still, as a token A */
export async function withdrawTokenA(
  manager: EntityManager,
  platformId: string,
  hash: string,
): Promise<boolean> {
  const { affected } = await manager.delete(CredentialsTokenEntity, { platformId, hash, kind: 'A' });
  return (affected ?? 0) > 0;
}

/**
 * The token C of a registration. Tokens A die at once, older tokens C at `graceUntil`: not later than they
 * would have anyway, so that a row of updates cannot keep an old token alive.
 */
export async function issueTokenC(
  manager: EntityManager,
  { platformId, issuedTokenHash, graceUntil }: Registration,
  now: Date,
): Promise<void> {
  await manager.delete(CredentialsTokenEntity, { platformId, kind: 'A' });
  await manager
    .createQueryBuilder()
    .update(CredentialsTokenEntity)
    .set({ expiresAt: () => 'LEAST(expires_at, CAST(:graceUntil AS timestamptz))' })
    .where('platform_id = :platformId')
    .setParameters({ platformId, graceUntil })
    .execute();
  await insertToken(manager, { platformId, hash: issuedTokenHash, kind: 'C' }, now);
}

/**
 * The token in force was used: the ones that it replaced are dead. A token that is itself on its way out
 * retires nothing.
 *
 * @returns whether there was one to retire
 */
export async function retireOlder(
  manager: EntityManager,
  platformId: string,
  usedHash: string,
): Promise<boolean> {
  const inForce = await manager.existsBy(CredentialsTokenEntity, {
    platformId,
    hash: usedHash,
    kind: 'C',
    expiresAt: IsNull(),
  });
  if (!inForce) return false;
  const older = { platformId, kind: 'C', expiresAt: Not(IsNull()) } as const;
  const { affected } = await manager.delete(CredentialsTokenEntity, older);
  return (affected ?? 0) > 0;
}

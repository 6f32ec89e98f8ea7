import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { HALF_UNIQUE, PARTY_UNIQUE } from './entities';

/** How often a transaction that lost a race is run, all told. Each time it sees what the winner wrote. */
const ATTEMPTS = 5;

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';
const UNIQUE_VIOLATION = '23505';

/** The channel on which every process hears what changed: the payload is a platform's id, or `AGREEMENTS`. */
export const CHANNEL = 'hub_changed';
/** The payload when an agreement was made or withdrawn. */
export const AGREEMENTS = 'agreements';

/**
 * Runs `work` in one transaction, again from the start when it lost a race against another one: a deadlock,
 * or two platforms that claimed a party at the same moment, which the second run then finds taken.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !lostRace(error)) throw error;
    }
  }
}

function lostRace(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  if (code === UNIQUE_VIOLATION) return constraint === PARTY_UNIQUE || constraint === HALF_UNIQUE;
  return code === DEADLOCK || code === SERIALIZATION_FAILURE;
}

/** Tells every process, at commit and not before, that these platforms changed. */
export async function announce(manager: EntityManager, ...platformIds: readonly string[]): Promise<void> {
  await manager.query('SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id', [CHANNEL, platformIds]);
}

/** Tells every process, at commit and not before, that agreements were made or withdrawn. */
export async function announceAgreements(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [CHANNEL, AGREEMENTS]);
}

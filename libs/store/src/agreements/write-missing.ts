import { type ImportOutcome, type NewAgreement } from '@app/hub';
import { type EntityManager } from 'typeorm';
import { AgreementEntity } from '../entities';
import { agreementRow } from './agreement-rows';

/** What became of an agreement that was written. */
export type Written = Exclude<ImportOutcome, { readonly outcome: 'duplicate' }> & { readonly id: string };

interface Standing {
  readonly id: string;
  readonly fingerprint: string;
}

/**
 * Makes those that are not there. Waits for others that write the same; the update that changes nothing makes
 * PostgreSQL name the one that is there, and keeps it from being withdrawn before this transaction is over.
 *
 * @param agreements each of them once
 * @returns what became of each, by fingerprint
 */
export async function writeMissing(
  manager: EntityManager,
  agreements: readonly NewAgreement[],
  now: Date,
): Promise<ReadonlyMap<string, Written>> {
  const rows = agreements.map((agreement) => agreementRow(agreement, now));
  const own = new Set(rows.map(({ id }) => id));
  const written = await manager
    .createQueryBuilder()
    .insert()
    .into(AgreementEntity)
    .values(rows)
    .orUpdate(['fingerprint'], ['fingerprint'])
    .returning(['id', 'fingerprint'])
    .execute();
  return new Map(
    (written.raw as Standing[]).map(({ id, fingerprint }) => [
      fingerprint,
      { outcome: own.has(id) ? 'add' : 'unchanged', id },
    ]),
  );
}

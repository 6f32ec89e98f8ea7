/** The agreements by which the last announcements were made: what the live ones are compared with. */
import { type Agreement, type AnnouncedTerms } from '@app/hub';
import { type EntityManager } from 'typeorm';
import { AnnouncedAgreementEntity, AnnouncedTermsEntity } from '../entities';

const ONLY_ROW = 1;
/** Rows of one statement. */
const BATCH = 1_000;

/** An agreement as JSON has it: times are text. */
type Stored = Omit<Agreement, 'validFrom' | 'validUntil'> & {
  readonly validFrom: string | null;
  readonly validUntil: string | null;
};

/** Undefined before the first announcement ever. */
export async function readTerms(manager: EntityManager): Promise<AnnouncedTerms | undefined> {
  const terms = await manager.findOneBy(AnnouncedTermsEntity, { id: ONLY_ROW });
  if (terms === null) return undefined;
  const rows = await manager.find(AnnouncedAgreementEntity);
  return {
    agreements: rows.map(({ body }) => agreementOf(body as Stored)),
    fallback: terms.fallback,
    at: terms.at,
  };
}

/** Agreements are never changed, so only those that came and went are written. */
export async function keepTerms(manager: EntityManager, terms: AnnouncedTerms): Promise<void> {
  const { agreements, fallback, at } = terms;
  await manager.upsert(AnnouncedTermsEntity, { id: ONLY_ROW, fallback, at }, ['id']);
  const known = await manager.query<{ id: string }[]>('SELECT id FROM announced_agreements');
  const current = new Set(agreements.map(({ id }) => id));
  const gone = known.flatMap(({ id }) => (current.has(id) ? [] : id));
  if (gone.length > 0)
    await manager.query('DELETE FROM announced_agreements WHERE id = ANY($1::uuid[])', [gone]);
  const before = new Set(known.map(({ id }) => id));
  const added = agreements.filter(({ id }) => !before.has(id)).map((body) => ({ id: body.id, body }));
  for (let at = 0; at < added.length; at += BATCH) {
    await manager.insert(AnnouncedAgreementEntity, added.slice(at, at + BATCH));
  }
}

function agreementOf({ validFrom, validUntil, ...agreement }: Stored): Agreement {
  return {
    ...agreement,
    validFrom: validFrom === null ? null : new Date(validFrom),
    validUntil: validUntil === null ? null : new Date(validUntil),
  };
}

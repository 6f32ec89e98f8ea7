import { createHash, randomUUID } from 'node:crypto';
import { type Agreement, agreementKey, type NewAgreement, parseSide, type Side, sideText } from '@app/hub';
import { type AgreementEntity } from '../entities';

/** The row that an agreement becomes. */
export function agreementRow(agreement: NewAgreement, now: Date): AgreementEntity {
  const { from, to, modules, ...rest } = agreement;
  return {
    ...rest,
    id: randomUUID(),
    fingerprint: fingerprintOf(agreement),
    from: sideText(from),
    to: sideText(to),
    modules: [...modules],
    createdAt: now,
  };
}

/** The agreement that stands in a row. */
export function agreementOf(row: AgreementEntity): Agreement {
  const { id, modules, effect, bothWays, validFrom, validUntil, note } = row;
  const sides = { from: sideOf(row.from), to: sideOf(row.to) };
  return { id, ...sides, modules, effect, bothWays, validFrom, validUntil, note };
}

/** What an agreement says in 64 characters: an index entry has a size limit, a list of modules has none. */
export function fingerprintOf(agreement: NewAgreement): string {
  return createHash('sha256').update(agreementKey(agreement)).digest('hex');
}

/** The table's checks let nothing else in; a side misread as `*` would be a rule for everybody. */
function sideOf(text: string): Side {
  const side = parseSide(text);
  if (side === undefined) throw new Error(`${text} is no side of an agreement`);
  return side;
}

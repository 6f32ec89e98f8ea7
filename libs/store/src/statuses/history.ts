/** The history of parties' statuses. */
import {
  type HistoryFilter,
  type Page,
  type PageRequest,
  type StatusChange,
  type StatusReason,
} from '@app/hub';
import { type DataSource, type EntityManager } from 'typeorm';
import { pageOf, readCursor, writeCursor } from '../cursor';
import { StatusChangeEntity } from '../entities';

/** What differs from the last known change is the new one: whoever wrote the status need not say what it was. */
const NOTE = `
  INSERT INTO status_changes (country_code, party_id, role, platform_id, status, reason, at)
  SELECT party.country_code, party.party_id, party.role, party.platform_id, party.status, $2, party.status_since
  FROM parties party
  LEFT JOIN LATERAL (
    SELECT change.status FROM status_changes change
    WHERE change.country_code = party.country_code AND change.party_id = party.party_id
      AND change.role = party.role
    ORDER BY change.sequence DESC LIMIT 1) last ON true
  WHERE party.platform_id = $1 AND last.status IS DISTINCT FROM party.status
  ORDER BY party.country_code, party.party_id, party.role`;

/** Of each party the last change stays, however old: it is what the next one is compared with. */
const PURGE = `
  DELETE FROM status_changes WHERE sequence IN (
    SELECT change.sequence FROM status_changes change
    WHERE change.at < $1 AND EXISTS (
      SELECT 1 FROM status_changes newer
      WHERE newer.country_code = change.country_code AND newer.party_id = change.party_id
        AND newer.role = change.role AND newer.sequence > change.sequence)
    LIMIT $2)`;

/** Notes what the transaction of `manager` changed of a platform's parties. Call it after the change. */
export async function noteStatuses(
  manager: EntityManager,
  platformId: string,
  reason: StatusReason,
): Promise<void> {
  await manager.query(NOTE, [platformId, reason]);
}

/** Newest first. @throws InvalidCursor */
export async function listHistory(
  dataSource: DataSource,
  { countryCode, partyId, role }: HistoryFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<StatusChange>> {
  const query = dataSource
    .createQueryBuilder(StatusChangeEntity, 'change')
    .where('change.countryCode = :countryCode AND change.partyId = :partyId', { countryCode, partyId })
    .orderBy('change.sequence', 'DESC')
    .limit(limit + 1);
  if (role !== undefined) query.andWhere('change.role = :role', { role });
  if (cursor !== null) {
    const [before] = readCursor(cursor, [/^\d{1,18}$/]);
    query.andWhere('change.sequence < :before', { before });
  }
  const page = pageOf(await query.getMany(), limit, ({ sequence }) => writeCursor(sequence));
  return { ...page, data: page.data.map(changeOf) };
}

/** See `StatusKeeping.purgeHistory`. */
export async function purgeHistory(dataSource: DataSource, before: Date, limit: number): Promise<number> {
  const [, removed] = await dataSource.query<[unknown, number]>(PURGE, [before, limit]);
  return removed;
}

function changeOf(row: StatusChangeEntity): StatusChange {
  const { countryCode, partyId, role, platformId, status, reason, at } = row;
  return { party: { countryCode, partyId, role }, platformId, status, reason, at };
}

/** The operator's list of parties. */
import { type Page, type PageRequest, type PartyFilter, type PartyView } from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readCursor, UUID, writeCursor } from './cursor';

const KEY = [/^[A-Z]{2}$/, /^[A-Z0-9]{3}$/, /^[A-Z]+$/, UUID];

/** A party may wait on several platforms while another one holds it: the platform makes the order one. */
const LIST = `
  SELECT party.country_code AS "countryCode", party.party_id AS "partyId", party.role, party.status,
    party.status_since AS "statusSince", party.known_since AS "knownSince", party.held,
    party.business_details AS "businessDetails", party.platform_id AS "platformId",
    platform.name AS "platformName", platform.last_seen_at AS "lastSeenAt"
  FROM (
    SELECT platform_id, country_code, party_id, role, status, status_since, known_since, held, business_details
    FROM parties
    UNION ALL
    SELECT platform_id, country_code, party_id, role, 'WAITING', since, since, false, business_details
    FROM waiting_parties) AS party
  JOIN platforms platform ON platform.id = party.platform_id
  WHERE ($1::text IS NULL OR party.role = $1) AND ($2::text IS NULL OR party.status = $2)
    AND ($3::text IS NULL OR (party.country_code, party.party_id, party.role, party.platform_id) > ($3, $4, $5, $6::uuid))
  ORDER BY party.country_code, party.party_id, party.role, party.platform_id
  LIMIT $7`;

/** Every party there is, sorted by country code, party id and role. @throws InvalidCursor */
export async function listParties(
  dataSource: DataSource,
  { role, status }: PartyFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<PartyView>> {
  const after = cursor === null ? [null, null, null, null] : readCursor(cursor, KEY);
  const values = [role ?? null, status ?? null, ...after, limit + 1];
  const found = await dataSource.query<PartyView[]>(LIST, values);
  return pageOf(found, limit, (last) =>
    writeCursor(last.countryCode, last.partyId, last.role, last.platformId),
  );
}

/** The operator's list of parties. */
import { type Page, type PageRequest, type PartyFilter, type PartyView } from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readCursor, writeCursor } from './cursor';
import { PartyEntity } from './entities';

const KEY = [/^[A-Z]{2}$/, /^[A-Z0-9]{3}$/, /^[A-Z]+$/];

/** Every party there is, sorted by country code, party id and role. @throws InvalidCursor */
export async function listParties(
  dataSource: DataSource,
  filter: PartyFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<PartyView>> {
  const query = dataSource
    .createQueryBuilder(PartyEntity, 'party')
    .innerJoinAndSelect('party.platform', 'platform')
    .orderBy({ 'party.countryCode': 'ASC', 'party.partyId': 'ASC', 'party.role': 'ASC' })
    .limit(limit + 1);
  if (filter.role !== undefined) query.andWhere('party.role = :role', { role: filter.role });
  if (filter.status !== undefined) query.andWhere('party.status = :status', { status: filter.status });
  if (cursor !== null) {
    const [country, party, afterRole] = readCursor(cursor, KEY);
    const after = '(party.countryCode, party.partyId, party.role) > (:country, :party, :afterRole)';
    query.andWhere(after, { country, party, afterRole });
  }
  const found = (await query.getMany()).map(viewOf);
  return pageOf(found, limit, (last) => writeCursor(last.countryCode, last.partyId, last.role));
}

function viewOf(row: PartyEntity): PartyView {
  const { countryCode, partyId, role, status, statusSince, knownSince, held, platformId } = row;
  const businessDetails = row.businessDetails as PartyView['businessDetails'];
  const { name: platformName, lastSeenAt } = row.platform!;
  return {
    ...{ countryCode, partyId, role, status, statusSince, knownSince, held, businessDetails },
    ...{ platformId, platformName, lastSeenAt },
  };
}

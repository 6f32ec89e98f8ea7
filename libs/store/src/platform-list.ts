/** The operator's list of platforms: which ones, in which order. */
import { type Page, type PageRequest, type PlatformFilter } from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from './cursor';
import { PartyEntity, PlatformEntity } from './entities';

/** Not LIKE: `%` and `_` stand for themselves in a name. */
const NAMED = 'strpos(lower(platform.name), lower(:name)) > 0';

/** Ids of platforms in the order of their creation. @throws InvalidCursor */
export async function listPlatformIds(
  dataSource: DataSource,
  { name, status, party }: PlatformFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<string>> {
  const query = dataSource
    .createQueryBuilder(PlatformEntity, 'platform')
    .select(['platform.id', 'platform.createdAt'])
    .orderBy({ 'platform.createdAt': 'ASC', 'platform.id': 'ASC' })
    .limit(limit + 1);
  if (name !== undefined) query.andWhere(NAMED, { name });
  if (status !== undefined) query.andWhere('platform.status = :status', { status });
  if (party !== undefined) {
    const holders = query
      .subQuery()
      .select('party.platformId')
      .from(PartyEntity, 'party')
      .where('party.countryCode = :countryCode AND party.partyId = :partyId AND party.held');
    query.andWhere(`platform.id IN ${holders.getQuery()}`, { ...party });
  }
  if (cursor !== null) {
    query.andWhere('(platform.createdAt, platform.id) > (:at, :id)', { ...readTimeCursor(cursor) });
  }
  const page = pageOf(await query.getMany(), limit, (last) =>
    writeCursor(last.createdAt.toISOString(), last.id),
  );
  return { ...page, data: page.data.map(({ id }) => id) };
}

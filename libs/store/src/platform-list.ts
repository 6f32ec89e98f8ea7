/** The operator's list of platforms: which ones, in which order. */
import { type Page, type PageRequest, type PlatformFilter } from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from './cursor';
import { PartyEntity, PlatformEntity } from './entities';

const SPECIAL = /[\\^$.|?*+()[\]{}]/g;

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
  if (name !== undefined) query.andWhere('platform.name ~ :named', { named: inAnyCase(name) });
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

/**
 * A regular expression for a text in any case, each of its characters standing for itself. What the database's own
 * `lower` and `ILIKE` know of letters depends on its locale: under `C`, which `npm start` has, of ASCII alone.
 */
function inAnyCase(text: string): string {
  const forms = (character: string): Set<string> =>
    new Set([character, character.toLowerCase(), character.toUpperCase()]);
  const literal = (form: string): string => form.replace(SPECIAL, '\\$&');
  return [...text].map((character) => `(?:${[...forms(character)].map(literal).join('|')})`).join('');
}

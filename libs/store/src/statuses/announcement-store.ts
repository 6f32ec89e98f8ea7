/** ADAPTER of the port `AnnouncementStore`. */
import {
  type AddressedPush,
  type AnnouncedParty,
  type AnnouncedTerms,
  type AnnouncementStore,
  type DeliveryLine,
  type DueRule,
  type PendingChange,
  type ViewChange,
  type ViewQuery,
} from '@app/hub';
import { type Party } from '@app/ocpi';
import { type DataSource, type EntityManager, type ObjectLiteral } from 'typeorm';
import { acceptPush } from '../deliveries';
import { ClientInfoViewEntity } from '../entities';
import { inTransaction } from '../transaction';
import { keepTerms, readTerms } from './announced-terms';

const COLUMNS = `country_code AS "countryCode", party_id AS "partyId", role, platform_id AS "platformId"`;

/** Locked, and looked at again once locked: a second announcer finds nothing left to do. */
const DUE = `
  SELECT ${COLUMNS}, id, status, status_since AS "statusSince", known_since AS "knownSince",
    announced_status AS "announcedStatus", announced_platform_id AS "announcedPlatformId"
  FROM parties
  WHERE (announced_status IS DISTINCT FROM status OR announced_platform_id IS DISTINCT FROM platform_id)
    AND (status <> 'OFFLINE' OR status_since <= $1)
  ORDER BY status_since LIMIT $2 FOR UPDATE`;

const DONE = `
  UPDATE parties SET announced_status = status, announced_platform_id = platform_id
  WHERE id = ANY($1::uuid[])`;

const ANNOUNCED = `
  SELECT ${COLUMNS}, announced_status AS status, status_since AS "statusSince"
  FROM parties WHERE announced_status IN ('CONNECTED', 'OFFLINE')`;

/** Those that stand there already were announced by whoever wrote them. */
const KEEP_VIEWS = `
  INSERT INTO client_info_views (viewer_id, country_code, party_id, role, forbidden, since)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[])
  ON CONFLICT (viewer_id, country_code, party_id, role)
    DO UPDATE SET forbidden = excluded.forbidden, since = excluded.since
    WHERE client_info_views.forbidden <> excluded.forbidden
  RETURNING viewer_id AS "viewerId", country_code AS "countryCode", party_id AS "partyId", role,
    forbidden, since`;

type ViewRow = Party & Omit<ViewChange, 'party'>;

export class PostgresAnnouncementStore implements AnnouncementStore {
  constructor(private readonly dataSource: DataSource) {}

  announceDue(
    { now, holdMs, limit }: DueRule,
    decide: (changes: readonly PendingChange[]) => readonly AddressedPush[],
  ): Promise<{ lines: readonly DeliveryLine[]; count: number }> {
    return inTransaction(this.dataSource, async (manager) => {
      const heldSince = new Date(now.getTime() - holdMs);
      const due = await manager.query<(PendingChange & { id: string })[]>(DUE, [heldSince, limit]);
      const lines = await acceptAll(manager, decide(due));
      if (due.length > 0) await manager.query(DONE, [due.map(({ id }) => id)]);
      return { lines, count: due.length };
    });
  }

  terms(): Promise<AnnouncedTerms | undefined> {
    return readTerms(this.dataSource.manager);
  }

  keepTerms(terms: AnnouncedTerms): Promise<void> {
    return inTransaction(this.dataSource, (manager) => keepTerms(manager, terms));
  }

  announcedParties(): Promise<readonly AnnouncedParty[]> {
    return this.dataSource.query<AnnouncedParty[]>(ANNOUNCED);
  }

  async viewChanges(parties: readonly Party[]): Promise<readonly ViewChange[]> {
    const rows = await this.dataSource
      .createQueryBuilder(ClientInfoViewEntity, 'view')
      .where(...amongParties(parties))
      .getMany();
    return rows.map(viewOf);
  }

  announceViews(
    changes: readonly ViewChange[],
    decide: (changes: readonly ViewChange[]) => readonly AddressedPush[],
  ): Promise<readonly DeliveryLine[]> {
    return inTransaction(this.dataSource, async (manager) => {
      const written = await manager.query<ViewRow[]>(KEEP_VIEWS, [
        changes.map(({ viewerId }) => viewerId),
        changes.map(({ party }) => party.countryCode),
        changes.map(({ party }) => party.partyId),
        changes.map(({ party }) => party.role),
        changes.map(({ forbidden }) => forbidden),
        changes.map(({ since }) => since),
      ]);
      return acceptAll(manager, decide(written.map(viewOf)));
    });
  }

  async viewsOf(viewerId: string, query: ViewQuery): Promise<readonly ViewChange[]> {
    const views = this.dataSource
      .createQueryBuilder(ClientInfoViewEntity, 'view')
      .where('view.viewerId = :viewerId', { viewerId });
    if ('parties' in query) views.andWhere(...amongParties(query.parties));
    else if (query.since) views.andWhere('view.since >= :since', { since: query.since });
    return (await views.getMany()).map(viewOf);
  }
}

/** A condition on `view` and its parameters. */
function amongParties(parties: readonly Party[]): [string, ObjectLiteral] {
  return [
    `(view.countryCode, view.partyId, view.role) IN
     (SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:ids AS text[]), CAST(:roles AS text[])))`,
    {
      codes: parties.map(({ countryCode }) => countryCode),
      ids: parties.map(({ partyId }) => partyId),
      roles: parties.map(({ role }) => role),
    },
  ];
}

async function acceptAll(manager: EntityManager, pushes: readonly AddressedPush[]): Promise<DeliveryLine[]> {
  const lines: DeliveryLine[] = [];
  for (const { push, legs } of pushes) lines.push(...(await acceptPush(manager, push, legs)).lines);
  return lines;
}

function viewOf({ viewerId, countryCode, partyId, role, forbidden, since }: ViewRow): ViewChange {
  return { viewerId, party: { countryCode, partyId, role }, forbidden, since };
}

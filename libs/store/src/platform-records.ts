/** Reads platforms with all that belongs to them: six set queries, however many platforms there are. */
import {
  type EndpointRecord,
  type IssuedToken,
  type Log,
  type PartyRecord,
  type PlatformRecord,
  type PlatformTls,
  type WaitingParty,
} from '@app/hub';
import { type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { UUID } from './cursor';
import {
  CredentialsTokenEntity,
  EndpointEntity,
  PartyEntity,
  PlatformEntity,
  WaitingPartyEntity,
} from './entities';
import { runningCaptures } from './captures/running-captures';
import { type Seal } from './seal';
import { TLS_COLUMNS, type TlsColumns, tlsKeyContext, tlsOf } from './tls-columns';

type PlatformRow = Omit<
  PlatformRecord,
  | 'announced'
  | 'parties'
  | 'waiting'
  | 'endpoints'
  | 'issuedTokens'
  | 'peerToken'
  | 'capture'
  | keyof PlatformTls
> &
  TlsColumns & {
    readonly announcedParties: readonly string[];
    readonly peerToken: Buffer | null;
  };

const PLATFORM_COLUMNS = [
  ...(['id', 'name', 'status', 'suspended', 'version', 'versionsUrl', 'createdAt', 'registeredAt'] as const),
  ...(['lastSeenAt', 'announcedParties', 'peerToken', 'tokenEncoding', 'allowedHosts'] as const),
  ...TLS_COLUMNS,
] satisfies (keyof PlatformRow)[];

const PARTY_COLUMNS = [
  ...(['countryCode', 'partyId', 'role', 'businessDetails'] as const),
  ...(['status', 'statusSince', 'knownSince', 'held'] as const),
] satisfies (keyof PartyRecord)[];

const WAITING_COLUMNS = [
  ...(['countryCode', 'partyId', 'role', 'since', 'businessDetails'] as const),
] satisfies (keyof WaitingParty)[];

const ENDPOINT_COLUMNS = ['module', 'interfaceRole', 'url'] satisfies (keyof EndpointRecord)[];

/** Columns of few values: the same value is the same string in all records. */
const FEW_VALUES = [
  ...(['status', 'version', 'tokenEncoding', 'countryCode'] as const),
  ...(['role', 'module', 'interfaceRole', 'kind'] as const),
] satisfies (keyof PlatformRow | keyof PartyRecord | keyof EndpointRecord | keyof IssuedToken)[];

const TOKEN_COLUMNS = ['hash', 'kind', 'expiresAt'] satisfies (keyof IssuedToken)[];

type Owned<T> = T & { readonly platformId: string };

/** What a record has of other tables. */
type Belongings = Pick<PlatformRecord, 'parties' | 'waiting' | 'endpoints' | 'issuedTokens' | 'capture'>;

/** Makes records of rows; opens the peers' tokens on the way. */
export class PlatformRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: Seal,
    private readonly log: Log,
  ) {}

  /** One moment's state of these platforms, or of all, in no particular order. Unknown ids are left out. */
  async load(ids?: readonly string[]): Promise<PlatformRecord[]> {
    const known = ids?.filter((id) => UUID.test(id));
    if (known?.length === 0) return [];
    return this.dataSource.transaction('REPEATABLE READ', (manager) => this.loadWith(manager, known));
  }

  /** The same within a transaction that is under way. */
  async loadWith(manager: EntityManager, ids?: readonly string[]): Promise<PlatformRecord[]> {
    const platforms = await rowsOf<PlatformRow>(manager, PlatformEntity, ['id', PLATFORM_COLUMNS], ids);
    const parties = await ownedRows<PartyRecord>(manager, PartyEntity, PARTY_COLUMNS, ids);
    const waiting = await ownedRows<WaitingParty>(manager, WaitingPartyEntity, WAITING_COLUMNS, ids);
    const endpoints = await ownedRows<EndpointRecord>(manager, EndpointEntity, ENDPOINT_COLUMNS, ids);
    const tokens = await ownedRows<IssuedToken>(manager, CredentialsTokenEntity, TOKEN_COLUMNS, ids);
    const captures = await runningCaptures(manager, ids);
    return platforms.map((row) =>
      this.recordOf(row, {
        parties: parties.get(row.id) ?? [],
        waiting: waiting.get(row.id),
        endpoints: endpoints.get(row.id) ?? [],
        issuedTokens: tokens.get(row.id) ?? [],
        capture: captures.get(row.id),
      }),
    );
  }

  /** Field by field: of objects that are spread, each would have a layout of its own, which takes more room than it. */
  private recordOf(
    row: PlatformRow,
    { parties, waiting, endpoints, issuedTokens, capture }: Belongings,
  ): PlatformRecord {
    const { id, name, status, suspended, version, versionsUrl, createdAt, registeredAt, lastSeenAt } = row;
    const announced = row.announcedParties.length > 0;
    const peerToken = this.open(row.peerToken, id, 'peer_token');
    const { tokenEncoding, allowedHosts } = row;
    const { tls, pinnedCertificates } = tlsOf(row, (key) => this.open(key, tlsKeyContext(id), 'tls_key'));
    return {
      id,
      name,
      status,
      suspended,
      version,
      versionsUrl,
      createdAt,
      registeredAt,
      lastSeenAt,
      announced,
      parties,
      waiting,
      endpoints,
      issuedTokens,
      peerToken,
      tokenEncoding,
      allowedHosts,
      capture,
      tls,
      pinnedCertificates,
    };
  }

  /** One row that cannot be opened must not keep all others from being loaded: it is logged and left out. */
  private open(sealed: Buffer | null, context: string, column: string): string | null {
    if (sealed === null) return null;
    try {
      return this.seal.open(sealed, context);
    } catch {
      this.log.error(
        { context, column },
        'a secret of this platform cannot be opened with ENCRYPTION_KEY or ENCRYPTION_KEYS_PREVIOUS',
      );
      return null;
    }
  }
}

type EntityClass = new () => object;

/** Plain rows, not entities: hydrating 100,000 entities would hold up a router that re-reads everything. */
async function rowsOf<T>(
  manager: EntityManager,
  entity: EntityClass,
  [key, columns]: readonly [key: string, columns: readonly string[]],
  ids: readonly string[] | undefined,
): Promise<T[]> {
  const query: SelectQueryBuilder<object> = manager.createQueryBuilder(entity, 'row').select([]);
  for (const column of columns) query.addSelect(`row.${column}`, column);
  if (ids !== undefined) query.where(`row.${key} = ANY(:ids)`, { ids });
  const rows = await query.getRawMany<Record<string, unknown>>();
  for (const column of FEW_VALUES) if (columns.includes(column)) share(rows, column);
  return rows as T[];
}

/** Each row comes with strings of its own, and the records are kept: they would hold the same word a hundred thousand times. */
function share(rows: readonly Record<string, unknown>[], column: string): void {
  const first = new Map<unknown, unknown>();
  for (const row of rows) {
    const value = row[column];
    const known = first.get(value);
    if (known === undefined) first.set(value, value);
    else row[column] = known;
  }
}

async function ownedRows<T extends object>(
  manager: EntityManager,
  entity: EntityClass,
  columns: readonly string[],
  ids: readonly string[] | undefined,
): Promise<Map<string, T[]>> {
  const rows = await rowsOf<Owned<T>>(manager, entity, ['platformId', ['platformId', ...columns]], ids);
  const byPlatform = new Map<string, T[]>();
  for (const { platformId, ...row } of rows) {
    const own = byPlatform.get(platformId);
    if (own === undefined) byPlatform.set(platformId, [row as unknown as T]);
    else own.push(row as unknown as T);
  }
  return byPlatform;
}

import {
  type AgreementStore,
  type AnnouncementStore,
  type ApiKeyStore,
  type AuditLog,
  type CaptureLog,
  type CaptureStore,
  type ChangeFeed,
  type DeliveryArchive,
  type DeliveryStore,
  type DetourStore,
  type HandshakeStore,
  type Keepership,
  type Log,
  type MessageArchive,
  type MessageLog,
  type ObjectStore,
  type Outbox,
  type OwnerIndex,
  type PlatformStore,
  type SignBoard,
  type StatusControl,
  type StatusKeeping,
  type SyncStore,
  type Turns,
  type UsageStore,
  type WorkerRegistry,
} from '@app/hub';
import { type Pool } from 'pg';
import { IsNull, Not, type DataSource } from 'typeorm';
import { PostgresAgreementStore } from './agreements/agreement-store';
import { PostgresApiKeyStore } from './api-keys/api-key-store';
import { PostgresAuditLog } from './audit/audit-log';
import { openCaptureLog, PostgresCaptureStore } from './captures';
import { PostgresChangeFeed } from './change-feed';
import { atMost, connect, dataSourceFor, limitsOf, openPool, STATEMENT_TIMEOUT_MS } from './connection';
import { DatabaseWatch } from './database-watch';
import {
  newWorker,
  PostgresDeliveryArchive,
  PostgresDeliveryStore,
  PostgresOutbox,
  PostgresWorkerRegistry,
} from './deliveries';
import { PostgresDetourStore } from './detours/detour-store';
import { PlatformEntity } from './entities';
import { type GuardedDataSource } from './guarded-data-source';
import { PostgresHandshakeStore } from './handshake-store';
import { PostgresMessageArchive } from './message-archive';
import { PostgresObjectStore, PostgresSyncStore } from './objects';
import { OnceKeeper } from './once-keeper';
import { openMessageLog } from './open-message-log';
import { PostgresOwnerIndex, rowKeys } from './owners';
import { PlatformRecords } from './platform-records';
import { PostgresPlatformStore } from './platform-store';
import { reseal } from './reseal';
import { type Seal, sealWith } from './seal';
import { PostgresAnnouncementStore, PostgresKeepership, PostgresStatusStore } from './statuses';
import { PostgresTurns } from './turns';
import { PostgresUsageStore } from './usage/usage-store';

const POOL_SIZE = 10;
/** For how long a stop waits for the connections to close, in ms. */
const CLOSE_MS = 2_000;

/** Everything that is kept in PostgreSQL, behind the ports. */
export interface Store {
  readonly platforms: PlatformStore;
  readonly agreements: AgreementStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  readonly captures: CaptureStore;
  readonly captureLog: CaptureLog;
  readonly changes: ChangeFeed;
  readonly deliveries: DeliveryStore;
  readonly deliveryArchive: DeliveryArchive;
  readonly detours: DetourStore;
  readonly handshakes: HandshakeStore;
  readonly messageLog: MessageLog;
  readonly messageArchive: MessageArchive;
  readonly outbox: Outbox;
  readonly objects: ObjectStore;
  readonly owners: OwnerIndex;
  readonly sync: SyncStore;
  readonly statuses: SignBoard & StatusKeeping & StatusControl;
  readonly announcements: AnnouncementStore;
  readonly keepership: Keepership;
  readonly turns: Turns;
  readonly usage: UsageStore;
  readonly workers: WorkerRegistry;
  /** Writes a little. @throws StoreUnavailable when the database takes no writes, or took none a moment ago */
  ping(): Promise<void>;
  /** Stops following, writes what is left of the message log and the owners, closes every connection. About 9 s at most. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly databaseUrl: string;
  /** 32 bytes: opens and seals the tokens of peers. */
  readonly encryptionKey: Buffer;
  /** Keys that it was before: they open, and what they sealed is sealed anew at the start. */
  readonly encryptionKeysPrevious?: readonly Buffer[];
  readonly log: Log;
  /** Connections for reads and transactions; two more are for notifications and the message log. */
  readonly poolSize?: number;
  readonly messageLogDays: number;
  /** How long one statement may take, in ms (10 s): whoever asks waits no longer. */
  readonly statementMs?: number;
  /** From half of it on, what was sent for a platform is removed before its time. */
  readonly maxStoredBytesPerPlatform?: number;
}

/** Whether the database takes writes. Spec: PostgreSQL, INSERT, ON CONFLICT. */
const PROBE = 'INSERT INTO write_probes (id, at) VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET at = now()';

/**
 * Opens the store on a migrated database, waiting up to 30 s for a PostgreSQL that is still starting.
 *
 * @throws when the database cannot be reached, or when it was written with none of the encryption keys
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, encryptionKey, encryptionKeysPrevious = [], log, poolSize = POOL_SIZE } = options;
  const seal = sealWith(encryptionKey, encryptionKeysPrevious);
  const limits = limitsOf(options.statementMs ?? STATEMENT_TIMEOUT_MS);
  const dataSource = await connect(dataSourceFor(databaseUrl, poolSize, limits, log));
  dataSource.watch = new DatabaseWatch(() => dataSource.probe(PROBE), log);
  try {
    await checkKey(dataSource, seal);
    if (encryptionKeysPrevious.length > 0) await reseal(dataSource, seal, log);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return new PostgresStore(dataSource, dataSource.watch, seal, options);
}

/** A wrong key is found here, at the start, and not when the first message cannot be sent on. */
async function checkKey(dataSource: DataSource, seal: Seal): Promise<void> {
  const platform = await dataSource.manager.findOneBy(PlatformEntity, { peerToken: Not(IsNull()) });
  if (platform === null || platform.peerToken === null) return;
  try {
    seal.open(platform.peerToken, platform.id);
  } catch (cause) {
    throw new Error(
      'ENCRYPTION_KEY is not the key that this database was written with, nor is one of ENCRYPTION_KEYS_PREVIOUS',
      { cause },
    );
  }
}

/** No connection is kept while no lock is held. */
function turnsPool({ databaseUrl, log }: StoreOptions): Pool {
  const limits = limitsOf(STATEMENT_TIMEOUT_MS);
  return openPool({ ...limits, connectionString: databaseUrl, application_name: 'hub locks', max: 1 }, log);
}

class PostgresStore implements Store {
  readonly platforms: PlatformStore;
  readonly agreements: AgreementStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  readonly captures: CaptureStore;
  readonly captureLog: CaptureLog;
  readonly changes: ChangeFeed;
  readonly deliveries: DeliveryStore;
  readonly deliveryArchive: DeliveryArchive;
  readonly detours: DetourStore;
  readonly handshakes: HandshakeStore;
  readonly messageLog: MessageLog;
  readonly messageArchive: MessageArchive;
  readonly outbox: Outbox;
  readonly objects: ObjectStore;
  readonly owners: OwnerIndex;
  readonly sync: SyncStore;
  readonly statuses: SignBoard & StatusKeeping & StatusControl;
  readonly announcements: AnnouncementStore;
  readonly keepership: Keepership;
  readonly turns: Turns;
  readonly usage: UsageStore;
  readonly workers: WorkerRegistry;
  private readonly locks: PostgresTurns;

  constructor(
    private readonly dataSource: GuardedDataSource,
    private readonly watch: DatabaseWatch,
    seal: Seal,
    options: StoreOptions,
  ) {
    const records = new PlatformRecords(dataSource, seal, options.log);
    const keeper = new OnceKeeper(seal);
    this.platforms = new PostgresPlatformStore(dataSource, records, seal, keeper);
    const agreements = new PostgresAgreementStore(dataSource, keeper);
    this.agreements = agreements;
    this.apiKeys = new PostgresApiKeyStore(dataSource, keeper);
    this.audit = new PostgresAuditLog(dataSource);
    const source = {
      platforms: (ids?: readonly string[]) => records.load(ids),
      agreements: () => agreements.loadAll(),
    };
    this.changes = new PostgresChangeFeed(options.databaseUrl, source, options.log);
    this.captures = new PostgresCaptureStore(dataSource, seal);
    this.captureLog = openCaptureLog(dataSource, seal, options.log);
    this.outbox = new PostgresOutbox(dataSource);
    const worker = newWorker();
    const crowdedBytes = (options.maxStoredBytesPerPlatform ?? Infinity) / 2;
    this.deliveries = new PostgresDeliveryStore(dataSource, worker, crowdedBytes);
    this.workers = new PostgresWorkerRegistry(worker, options.databaseUrl, dataSource, options.log);
    this.deliveryArchive = new PostgresDeliveryArchive(dataSource);
    this.detours = new PostgresDetourStore(dataSource);
    this.handshakes = new PostgresHandshakeStore(dataSource);
    this.messageLog = openMessageLog(options);
    this.messageArchive = new PostgresMessageArchive(dataSource);
    this.objects = new PostgresObjectStore(dataSource);
    this.sync = new PostgresSyncStore(dataSource);
    this.statuses = new PostgresStatusStore(dataSource);
    this.announcements = new PostgresAnnouncementStore(dataSource);
    this.usage = new PostgresUsageStore(dataSource);
    this.locks = new PostgresTurns(turnsPool(options));
    this.turns = this.locks;
    this.keepership = new PostgresKeepership(options.databaseUrl, options.log);
    this.owners = new PostgresOwnerIndex(dataSource, rowKeys(options.encryptionKey), options.log);
  }

  ping(): Promise<void> {
    return this.watch.check();
  }

  async close(): Promise<void> {
    await this.workers.close();
    await this.keepership.close();
    await this.changes.close();
    await this.owners.close();
    await Promise.all([this.messageLog.close(), this.captureLog.close()]);
    await this.watch.close();
    await atMost(CLOSE_MS, this.locks.close());
    await atMost(CLOSE_MS, this.dataSource.destroy());
  }
}

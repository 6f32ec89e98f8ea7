import {
  type AgreementStore,
  type ApiKeyStore,
  type AuditLog,
  type CaptureStore,
  type DeliveryArchive,
  type HandshakeStore,
  type MessageArchive,
  type RegistrationParts,
  type StatusControl,
  type SyncStore,
  type StorageLimits,
  type Turns,
  type UsageStore,
} from '@app/hub';
import { type HealthSource, type Logger } from '@app/runtime';

/** What the admin application is made of: ports and facts, so that a test can give in-memory ones. */
export interface AdminParts {
  /** Platforms, and what it takes to register at them or to end a registration. */
  readonly registration: RegistrationParts;
  /** What is kept for each platform, and the most that may be. */
  readonly usage: UsageStore;
  readonly storageLimits: StorageLimits;
  readonly agreements: AgreementStore;
  readonly captures: CaptureStore;
  /** How long what was captured is kept after the end, in s. */
  readonly captureKeepSeconds: number;
  /** What one capture, and what all together may take in the database. */
  readonly captureMaxBytesPerPlatform: number;
  readonly captureMaxBytesTotal: number;
  readonly deliveries: DeliveryArchive;
  /** The fresh age of a delivery that is sent again, in s. */
  readonly deliveryMaxAgeSeconds: number;
  readonly handshakes: Pick<HandshakeStore, 'list'>;
  readonly lists: Pick<SyncStore, 'statesOf'>;
  readonly messages: MessageArchive;
  readonly statuses: StatusControl;
  readonly health: HealthSource;
  readonly log: Logger;
  /** The first owner's key. */
  readonly apiKey: string;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  /** For what is replaced as a whole by those who read it before. */
  readonly turns: Turns;
}

/** The injection token of {@link AdminParts}. */
export const ADMIN_PARTS = Symbol('AdminParts');

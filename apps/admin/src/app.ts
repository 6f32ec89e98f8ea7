import { randomUUID } from 'node:crypto';
import { createCourier } from '@app/courier';
import { type Courier, hubIdentityOf, ownMark, registrationLimitsOf, slashCourier } from '@app/hub';
import {
  createLogger,
  listenAt,
  type Logger,
  openGate,
  processMetrics,
  type RunningApp,
  ServerTls,
  type StartGate,
  stateOf,
  userAgent,
} from '@app/runtime';
import { type Settings } from '@app/settings';
import { openStore, type Store } from '@app/store';
import { createAdminApp } from './admin-app';
import { type AdminParts } from './parts';
import { PeerTlsBook } from './platform-tls';

/** The hub asks a platform for three things when it registers, one after the other. */
const CONNECTIONS_PER_ORIGIN = 2;
/** The hub is the only caller here, and has half. */
const MAX_IN_FLIGHT_PER_PLATFORM = 24;
/** Registering is rare: a connection is of no use for longer than the handshake takes, in ms. */
const IDLE_POOL_MS = 10_000;
/** An operator's handful of requests at a time. */
const POOL_SIZE = 4;

/**
 * Starts the operator's REST API on `ADMIN_BIND_HOST` and `ADMIN_PORT`.
 *
 * @throws when the database cannot be reached, the port is taken, or the TLS files cannot be used
 */
export async function startAdmin(settings: Settings, gate = openGate()): Promise<RunningApp> {
  const log = createLogger('admin', settings.logLevel);
  const store = await openStore({ ...settings, log, poolSize: POOL_SIZE });
  const peerTls = new PeerTlsBook();
  const courier = slashCourier(
    createCourier({
      ...settings,
      userAgent: userAgent(),
      ownMark: ownMark(settings.encryptionKey),
      tlsOf: peerTls.tlsOf,
      maxAnswerBytes: settings.maxBodyBytes,
      connectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
      maxInFlightPerPlatform: MAX_IN_FLIGHT_PER_PLATFORM,
      idlePoolMs: IDLE_POOL_MS,
    }),
  );
  try {
    return await listen(settings, adminParts(settings, { store, courier, peerTls, log, gate }), {
      store,
      courier,
    });
  } catch (error) {
    await closeAll({ store, courier });
    throw error;
  }
}

interface Own {
  readonly peerTls: PeerTlsBook;
  readonly log: Logger;
  readonly gate: StartGate;
}

interface Opened {
  readonly store: Store;
  readonly courier: Courier;
}

async function listen(settings: Settings, parts: AdminParts, opened: Opened): Promise<RunningApp> {
  const nest = await createAdminApp(parts, await ServerTls.open(settings, parts.log));
  await listenAt(nest, {
    ...{ port: settings.adminPort, portVariable: 'ADMIN_PORT' },
    ...{ host: settings.adminBindHost, hostVariable: 'ADMIN_BIND_HOST' },
  });
  // Requests in flight first, then what they use.
  const close = () => nest.close().finally(() => closeAll(opened));
  return { name: 'admin', url: await nest.getUrl(), close };
}

async function closeAll({ store, courier }: Opened): Promise<void> {
  await courier.close();
  await store.close();
}

/** Nothing is routed here: of the platforms that it calls this process keeps how, and the routers follow by notification. */
function adminParts(settings: Settings, { store, courier, peerTls, log, gate }: Opened & Own): AdminParts {
  const ready = async () => ({ postgres: await stateOf(store.ping()) });
  return {
    registration: {
      log,
      store: store.platforms,
      handshakes: store.handshakes,
      courier,
      directory: peerTls,
      hub: hubIdentityOf(settings),
      timeoutMs: settings.forwardTimeoutMs,
      tokenGraceSeconds: settings.tokenGraceSeconds,
      limits: registrationLimitsOf(settings),
      partyApproval: settings.partyApproval === 'on',
      newId: randomUUID,
      now: () => new Date(),
    },
    usage: store.usage,
    storageLimits: {
      objects: settings.maxObjectsPerPlatform,
      bytes: settings.maxStoredBytesPerPlatform,
    },
    agreements: store.agreements,
    captures: store.captures,
    captureKeepSeconds: settings.captureKeepSeconds,
    captureMaxBytesPerPlatform: settings.captureMaxBytesPerPlatform,
    captureMaxBytesTotal: settings.captureMaxBytesTotal,
    deliveries: store.deliveryArchive,
    deliveryMaxAgeSeconds: settings.deliveryMaxAgeSeconds,
    handshakes: store.handshakes,
    lists: store.sync,
    messages: store.messageArchive,
    statuses: store.statuses,
    health: { metrics: processMetrics(), ready: () => gate.behind(ready) },
    log,
    apiKey: settings.adminApiKey,
    apiKeys: store.apiKeys,
    audit: store.audit,
    turns: store.turns,
  };
}

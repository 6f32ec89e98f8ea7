import { createCourier } from '@app/courier';
import {
  capturingCourier,
  ClientCertificates,
  type Courier,
  Directory,
  hubIdentityOf,
  Learner,
  limitedDetours,
  Newcomers,
  ownMark,
  registrationLimitsOf,
  slashCourier,
  type StorageRoom,
  storageRoomOf,
  TokenGrace,
  watchedCourier,
} from '@app/hub';
import {
  createLogger,
  listenAt,
  type Logger,
  nestLogger,
  processMetrics,
  type RunningApp,
  openGate,
  ServerTls,
  type StartGate,
  stateOf,
  userAgent,
} from '@app/runtime';
import { type Settings } from '@app/settings';
import { openStore, type Store } from '@app/store';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { Door } from './door/door';
import { clientView } from './edge/client-view';
import { createListener } from './edge/listener';
import { countHandshakes, countMessages } from './message-metrics';
import { type RouterParts } from './parts';
import { RouterModule } from './router.module';
import { type Deliveries, openDeliveries } from './wiring/deliveries';
import { detoursOf } from './wiring/detours';
import { lifeSignsOf } from './wiring/life-signs';
import { ownersOf } from './wiring/owners';
import { sharedRatesOf } from './wiring/shared-rates';

/** Connections to one receiver's origin: also how many of its requests run at a time. */
const CONNECTIONS_PER_ORIGIN = 64;
/** A platform's connections are closed after this long without a request, in ms. */
const IDLE_POOL_MS = 60_000;
/** A caller waits for a statement of the database no longer than this, in ms: peers give up after 10 to 30 s. */
const STATEMENT_MS = 5_000;

/**
 * Starts the OCPI listener: versions, credentials, hubclientinfo and every functional module.
 *
 * @throws when the database cannot be reached, the port is taken, or the TLS files cannot be used
 */
export async function startRouter(settings: Settings, gate = openGate()): Promise<RunningApp> {
  const log = createLogger('router', settings.logLevel);
  const store = await openStore({ ...settings, log, statementMs: STATEMENT_MS });
  const directory = new Directory(settings.agreementDefault);
  const courier = slashCourier(
    createCourier({
      ...settings,
      userAgent: userAgent(),
      ownMark: ownMark(settings.encryptionKey),
      tlsOf: directory.tlsOf,
      maxAnswerBytes: settings.maxBodyBytes,
      connectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
      maxInFlightPerPlatform: settings.maxInFlightPerReceiver,
      idlePoolMs: IDLE_POOL_MS,
    }),
  );
  const opened: Closable[] = [store, courier];
  try {
    const room = storageRoomOf(settings, store.usage);
    const given = { outbox: store.outbox, room };
    const deliveries = await openDeliveries(settings, given, log, processMetrics());
    opened.push(deliveries.queue);
    const parts = {
      ...(await routerParts(settings, { store, courier, directory, log, room, gate })),
      ...deliveries.parts,
    };
    const door = new Door(parts, settings);
    opened.push(...sharedRatesOf(door, parts, settings));
    const nest = await listen(parts, settings, door, log);
    opened.push(parts.signs, nest, door);
    const answersWithinMs = settings.connectTimeoutMs + settings.forwardTimeoutMs;
    return { name: 'router', url: await nest.getUrl(), answersWithinMs, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function listen(
  parts: RouterParts,
  settings: Settings,
  door: Door,
  log: Logger,
): Promise<NestFastifyApplication> {
  const tls = await ServerTls.open(settings, log);
  const nest = await NestFactory.create<NestFastifyApplication>(
    RouterModule.with(parts),
    createListener(parts, settings, door, tls),
    { bodyParser: false, logger: nestLogger(log), abortOnError: false, ...(tls && { httpsOptions: {} }) },
  );
  await listenAt(nest, {
    ...{ port: settings.ocpiPort, portVariable: 'OCPI_PORT' },
    ...{ host: settings.bindHost, hostVariable: 'BIND_HOST' },
  });
  return nest;
}

interface Closable {
  close(): Promise<void>;
}

/** Requests in flight first, then what they use: the other way round than it was opened. */
async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const part of [...opened].reverse()) await part.close();
}

interface Opened {
  readonly store: Store;
  readonly courier: Courier;
  readonly directory: Directory;
  readonly log: Logger;
  readonly room: StorageRoom;
  readonly gate: StartGate;
}

/** How long an answer is waited for, in ms. */
function patienceOf(settings: Settings): RouterParts['patience'] {
  const { forwardTimeoutMs: forward, commandTimeoutMs: command, authorizeTimeoutMs: authorize } = settings;
  return { forward, command, authorize };
}

async function routerParts(
  settings: Settings,
  { store, courier, directory, log, room, gate }: Opened,
): Promise<Omit<RouterParts, keyof Deliveries['parts']>> {
  await store.changes.follow(directory);
  const identity = hubIdentityOf(settings);
  const hub = identity.party;
  const signs = lifeSignsOf(settings, store, directory, log);
  const watched = watchedCourier(courier, signs);
  const common = { courier: watched, directory, newId: randomUUID, now: () => new Date() };
  const metrics = processMetrics();
  const clients = clientView(settings);
  const { captureLog: captures } = store;
  const owners = ownersOf(store, metrics);
  const capturing = capturingCourier(watched, { captures, directory, log, now: common.now });
  return {
    ...common,
    courier: capturing,
    clients,
    captures,
    hub,
    log,
    signs,
    identity,
    publicUrl: settings.publicUrl,
    ownMark: ownMark(settings.encryptionKey),
    patience: patienceOf(settings),
    objects: store.objects,
    objectOwners: store.objects,
    owners,
    learner: new Learner(owners, log),
    sync: store.sync,
    announcements: store.announcements,
    detours: detoursOf(settings, { store: limitedDetours(store.detours, room), log, now: common.now }),
    newcomers: new Newcomers(directory, store.platforms, Date.now),
    certificates: new ClientCertificates(clients, log, common.now),
    tokenGrace: new TokenGrace(store.platforms, log),
    messageLog: countMessages(store.messageLog, metrics),
    handshakesRefused: countHandshakes(metrics),
    registration: {
      ...common,
      log,
      store: store.platforms,
      handshakes: store.handshakes,
      hub: identity,
      timeoutMs: settings.forwardTimeoutMs,
      tokenGraceSeconds: settings.tokenGraceSeconds,
      limits: registrationLimitsOf(settings),
      partyApproval: settings.partyApproval === 'on',
    },
    health: healthOf(settings, store, gate),
  };
}

/** Direct messages need the snapshot alone, which a router that listens has. */
function healthOf({ metricsOnOcpiPort }: Settings, store: Store, gate: StartGate): RouterParts['health'] {
  return {
    metrics: processMetrics(),
    ready: () => gate.behind(async () => ({ postgres: await stateOf(store.ping()) })),
    dispensable: ['postgres'],
    showsMetrics: metricsOnOcpiPort,
  };
}

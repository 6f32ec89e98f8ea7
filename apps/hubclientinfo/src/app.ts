import { createCourier } from '@app/courier';
import { type Courier, Directory, ownMark, probeTimes, slashCourier } from '@app/hub';
import { type DrainQueue, openDrainQueue } from '@app/outbox';
import {
  createLogger,
  type HealthSource,
  healthModule,
  listenAt,
  type Logger,
  nestLogger,
  openGate,
  processMetrics,
  type RunningApp,
  stateOf,
  userAgent,
} from '@app/runtime';
import { type Settings } from '@app/settings';
import { CLIENT_OPTIONS, openStore, type Store } from '@app/store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Keeper } from './keeper';
import { countProbes, showKeeper, showPlatforms, showWaiting } from './keeper-metrics';
import { probeThrough } from './probe';

/** One check of a platform at a time. */
const CONNECTIONS_PER_ORIGIN = 1;
/** One more may wait; the hub is the only caller here, and has half. */
const MAX_IN_FLIGHT_PER_PLATFORM = 4;
/** The next check of the same platform is minutes away: its connection is of no use till then. In ms. */
const IDLE_POOL_MS = 1_000;
/** A versions page has a few hundred bytes. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * Starts the hubclientinfo service: silence watcher, status keeper and announcer, of which one process at a time
 * is active. It listens for its health and metrics pages only.
 *
 * @throws when the database cannot be reached or the port is taken
 */
export async function startHubClientInfo(settings: Settings, gate = openGate()): Promise<RunningApp> {
  const log = createLogger('hubclientinfo', settings.logLevel);
  const opened: Closable[] = [];
  try {
    const store = await openStore({ ...settings, log });
    opened.push(store);
    const hub = { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId };
    const queue = await openDrainQueue({ ...settings, hub, clientOptions: CLIENT_OPTIONS }, log);
    opened.push(queue);
    const directory = new Directory(settings.agreementDefault);
    const courier = proberOf(settings, directory);
    opened.push(courier);
    const keeper = keeperOf(settings, { store, queue, courier, directory, log });
    await store.changes.follow(keeper);
    const nest = await listen(
      settings,
      () => gate.behind(async () => ({ postgres: await stateOf(store.ping()) })),
      log,
    );
    opened.push(nest);
    showKeeper(processMetrics(), keeper);
    showPlatforms(processMetrics(), directory);
    showWaiting(processMetrics(), directory);
    store.keepership.stand((term) => keeper.serve(term));
    opened.push(store.keepership);
    return { name: 'hubclientinfo', url: await nest.getUrl(), close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

interface Closable {
  close(): Promise<void>;
}

/** The other way round than it was opened: the keepership first, so that another process takes over at once. */
async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const part of [...opened].reverse()) await part.close();
}

function proberOf(settings: Settings, { tlsOf }: Directory): Courier {
  return slashCourier(
    createCourier({
      ...settings,
      userAgent: userAgent(),
      ownMark: ownMark(settings.encryptionKey),
      tlsOf,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      connectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
      maxInFlightPerPlatform: MAX_IN_FLIGHT_PER_PLATFORM,
      idlePoolMs: IDLE_POOL_MS,
    }),
  );
}

interface Opened {
  readonly store: Store;
  readonly queue: DrainQueue;
  readonly courier: Courier;
  readonly directory: Directory;
  readonly log: Logger;
}

function keeperOf(settings: Settings, { store, queue, courier, directory, log }: Opened): Keeper {
  return new Keeper({
    directory,
    log,
    store: store.announcements,
    statuses: store.statuses,
    probe: probeThrough(courier, directory, settings.forwardTimeoutMs),
    probeTimes: probeTimes(settings.stillAliveAfterSeconds),
    onProbe: countProbes(processMetrics()),
    fallback: settings.agreementDefault,
    holdMs: settings.statusHoldMs,
    maxAgeSeconds: settings.deliveryMaxAgeSeconds,
    historyDays: settings.messageLogDays,
    forgetUnusedDays: settings.forgetUnusedPartiesDays,
    waker: queue,
  });
}

async function listen(
  settings: Settings,
  ready: HealthSource['ready'],
  log: Logger,
): Promise<NestFastifyApplication> {
  const source: HealthSource = { metrics: processMetrics(), ready };
  const nest = await NestFactory.create<NestFastifyApplication>(healthModule(source), new FastifyAdapter(), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  await listenAt(nest, {
    ...{ port: settings.hubclientinfoPort, portVariable: 'HUBCLIENTINFO_PORT' },
    ...{ host: settings.adminBindHost, hostVariable: 'ADMIN_BIND_HOST' },
  });
  return nest;
}

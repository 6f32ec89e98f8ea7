/** The parts of the delivery worker, put together. */
import { randomUUID } from 'node:crypto';
import { createCourier, type CuttableCourier } from '@app/courier';
import {
  capturingCourier,
  type Courier,
  Directory,
  leaseMs,
  LifeSigns,
  type Log,
  ownMark,
  signTimes,
  slashCourier,
  type Waker,
  watchedCourier,
} from '@app/hub';
import { type DrainJob, type DrainQueue, openDrainQueue, startDrainWorker } from '@app/outbox';
import { processMetrics, userAgent } from '@app/runtime';
import { type Settings } from '@app/settings';
import { CLIENT_OPTIONS, type Store } from '@app/store';
import { deliveryMetrics, type DeliveryMetrics } from './delivery-metrics';
import { Drainer, type DrainerParts } from './drainer';
import { startSweep } from './sweep';

/** Connections to one receiver: as many as it has slots. */
const CONNECTIONS_PER_ORIGIN = 8;
/** With slots none waits for a connection; the hub is the only caller here, and has half. */
const MAX_IN_FLIGHT_PER_PLATFORM = 128;
/** A platform's connections are closed after this long without a request, in ms. */
const IDLE_POOL_MS = 60_000;
/** For how long a stop waits for attempts under way, in ms; another worker repeats the others after their lease. */
const CLOSE_MS = 5_000;

export interface DeliveryWorker {
  readonly queue: DrainQueue;
  readonly courier: Courier;
  readonly directory: Directory;
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** There is no other worker: what an earlier process had in hand goes on at once. */
  readonly alone: boolean;
}

/**
 * Starts delivering.
 *
 * @throws when the change feed or a queue on PostgreSQL cannot be reached
 */
export async function startWorker(
  settings: Settings,
  store: Store,
  log: Log,
  { alone }: WorkerOptions,
): Promise<DeliveryWorker> {
  const hub = { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId };
  const directory = new Directory(settings.agreementDefault);
  await store.changes.follow(directory);
  const place = { ...settings, hub, clientOptions: CLIENT_OPTIONS };
  const queue = await openDrainQueue(place, log);
  const signs = new LifeSigns(
    store.statuses,
    directory,
    log,
    signTimes(settings.stillAliveAfterSeconds),
  ).start();
  const carrier = courierOf(settings, directory);
  const courier = watchedCourier(slashCourier(carrier), signs);
  const { deliveries, workers } = store;
  await workers.join(() => carrier.cut());
  if (alone) await workers.releaseDead(0);
  const { captureLog: captures } = store;
  const capturing = capturingCourier(courier, { captures, directory, log, now: () => new Date() });
  const metrics = deliveryMetrics(processMetrics(), store.deliveries);
  const drainer = new Drainer(
    drainerParts(settings, store, { courier: capturing, directory, waker: queue, metrics, log }),
  );
  const worker = startDrainWorker(place, (job) => takeJob(job, drainer), log);
  const releaseDead = (): Promise<number> => workers.releaseDead();
  const onExpired = metrics.countExpired;
  const sweep = startSweep({ deliveries, releaseDead, waker: queue, drainer, onExpired, log });
  const close = async (): Promise<void> => {
    await Promise.all([sweep.close(), worker.close(CLOSE_MS), drainer.close(CLOSE_MS)]);
    await queue.close();
    await signs.close();
  };
  return { queue, courier, directory, close };
}

function takeJob(job: DrainJob, drainer: Drainer): Promise<void> {
  return 'bundle' in job ? drainer.takeBundle(job.bundle) : drainer.take(job.lines);
}

function courierOf(settings: Settings, { tlsOf }: Directory): CuttableCourier {
  return createCourier({
    ...settings,
    userAgent: userAgent(),
    ownMark: ownMark(settings.encryptionKey),
    tlsOf,
    maxAnswerBytes: settings.maxBodyBytes,
    connectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
    maxInFlightPerPlatform: MAX_IN_FLIGHT_PER_PLATFORM,
    idlePoolMs: IDLE_POOL_MS,
  });
}

interface OwnParts {
  readonly courier: Courier;
  readonly directory: Directory;
  readonly waker: Waker;
  readonly metrics: DeliveryMetrics;
  readonly log: Log;
}

function drainerParts(settings: Settings, store: Store, { metrics, ...own }: OwnParts): DrainerParts {
  return {
    ...own,
    deliveries: store.deliveries,
    messageLog: store.messageLog,
    hub: { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId },
    answerTimeoutMs: settings.forwardTimeoutMs,
    firstRetryMs: settings.deliveryFirstRetryMs,
    leaseMs: leaseMs(settings.connectTimeoutMs, settings.forwardTimeoutMs),
    newId: randomUUID,
    now: () => new Date(),
    random: Math.random,
    onSent: (_, sent) => metrics.count(sent),
  };
}

import {
  type Checks,
  createLogger,
  healthModule,
  listenAt,
  type Logger,
  nestLogger,
  openGate,
  processMetrics,
  type RunningApp,
  stateOf,
} from '@app/runtime';
import { type Settings } from '@app/settings';
import { openStore, type Store } from '@app/store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSync } from './sync';
import { type DeliveryWorker, startWorker, type WorkerOptions } from './worker';

/**
 * Starts the delivery worker; it listens for its health and metrics pages only.
 *
 * @throws when the database cannot be reached or the port is taken
 */
export async function startDelivery(
  settings: Settings,
  options: WorkerOptions = { alone: false },
  gate = openGate(),
): Promise<RunningApp> {
  const log = createLogger('delivery', settings.logLevel);
  const store = await openStore({ ...settings, log });
  const opened: Closable[] = [store];
  try {
    const worker = await startWorker(settings, store, log, options);
    const { courier } = worker;
    opened.push(courier, worker);
    opened.push(await startSync({ settings, store, courier, log, metrics: processMetrics() }));
    const nest = await listen(settings, () => gate.behind(() => checks(store, worker)), log);
    return { name: 'delivery', url: await nest.getUrl(), close: () => closeAll([...opened, nest]) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

interface Closable {
  close(): Promise<unknown>;
}

async function listen(
  settings: Settings,
  ready: () => Promise<Checks>,
  log: Logger,
): Promise<NestFastifyApplication> {
  const health = healthModule({ metrics: processMetrics(), ready });
  const nest = await NestFactory.create<NestFastifyApplication>(health, new FastifyAdapter(), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  await listenAt(nest, {
    ...{ port: settings.deliveryPort, portVariable: 'DELIVERY_PORT' },
    ...{ host: settings.adminBindHost, hostVariable: 'ADMIN_BIND_HOST' },
  });
  return nest;
}

/**
 * The other way round than it was opened: attempts under way before what they use. The legs that are not over by
 * then go to another worker, and so do lists that are being pulled.
 */
async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const part of [...opened].reverse()) await part.close();
}

async function checks(store: Store, worker: DeliveryWorker): Promise<Checks> {
  const [postgres, queue] = await Promise.all([stateOf(store.ping()), stateOf(worker.queue.ping())]);
  return { postgres, queue };
}

import {
  type Checks,
  createLogger,
  healthModule,
  type Logger,
  nestLogger,
  processMetrics,
  type RunningApp,
} from '@app/runtime';
import { type Settings } from '@app/settings';
import { openStore, type Store } from '@app/store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSync } from './sync';
import { type DeliveryWorker, startWorker } from './worker';

/**
 * Starts the delivery worker; it listens for its health and metrics pages only.
 *
 * @throws when the database cannot be reached or the port is taken
 */
export async function startDelivery(settings: Settings): Promise<RunningApp> {
  const log = createLogger('delivery', settings.logLevel);
  const store = await openStore({ ...settings, log });
  try {
    const worker = await startWorker(settings, store, log);
    const { courier } = worker;
    const sync = await startSync({ settings, store, courier, log, metrics: processMetrics() });
    const nest = await listen(settings, () => checks(store, worker), log);
    const parts = [sync, worker, nest, store];
    return { name: 'delivery', url: await nest.getUrl(), close: () => closeAll(parts) };
  } catch (error) {
    await store.close();
    throw error;
  }
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
  await nest.listen(settings.deliveryPort, settings.adminBindHost);
  return nest;
}

/**
 * Attempts under way first, then what they use; the legs that are not over by then go to another worker when
 * their lease ends, and so do lists that are being pulled.
 */
async function closeAll(parts: readonly { close(): Promise<unknown> }[]): Promise<void> {
  for (const part of parts) await part.close();
}

async function checks(store: Store, worker: DeliveryWorker): Promise<Checks> {
  const [postgres, queue] = await Promise.all([stateOf(store.ping()), stateOf(worker.queue.ping())]);
  return { postgres, queue };
}

function stateOf(answer: Promise<unknown>): Promise<'up' | 'down'> {
  return answer.then(
    () => 'up',
    () => 'down',
  );
}

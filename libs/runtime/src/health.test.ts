import { Agent, get, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { createMetrics, healthModule, READY_LIMIT_MS, type Checks, type HealthSource, StartGate } from '.';

let app: NestFastifyApplication;
let url: string;
let ready: HealthSource['ready'];
const metrics = createMetrics();

beforeAll(async () => {
  const module = healthModule({ ready: () => ready(), metrics });
  app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const address = (app.getHttpServer() as Server).address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => app.close());

async function readiness(source: HealthSource['ready']): Promise<{ status: number; body: unknown }> {
  ready = source;
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: await response.json() };
}

describe('health pages', () => {
  it('are ready with 200 while everything is up', async () => {
    const answer = await readiness(async () => ({ database: 'up', queue: 'up' }));
    expect(answer).toEqual({ status: 200, body: { status: 'up', checks: { database: 'up', queue: 'up' } } });
  });

  it('answer 503 and name what is down', async () => {
    const answer = await readiness(async () => ({ database: 'down', queue: 'up' }));
    expect(answer).toEqual({
      status: 503,
      body: { status: 'down', checks: { database: 'down', queue: 'up' } },
    });
  });

  it('answer 200 and degraded when what is down is dispensable, and never show metrics that are off', async () => {
    const source = { metrics, dispensable: ['database'], showsMetrics: false };
    const checks = async (): Promise<Checks> => ({ database: 'down' });
    const module = healthModule({ ...source, ready: checks });
    const router = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
      logger: false,
    });
    await router.listen(0, '127.0.0.1');
    const answer = await fetch(`${await router.getUrl()}/health/ready`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { status: 'degraded', checks: { database: 'down' } },
    ]);
    expect((await fetch(`${await router.getUrl()}/metrics`)).status).toBe(404);
    await router.close();
  });

  it('answer 503 behind a gate until all of a process listen', async () => {
    const gate = new StartGate();
    const checks = async (): Promise<Checks> => ({ database: 'up' });
    expect((await readiness(() => gate.behind(checks))).status).toBe(503);
    gate.open();
    expect((await readiness(() => gate.behind(checks))).status).toBe(200);
  });

  it('answer 503 when the check itself fails, and tell nobody why', async () => {
    const answer = await readiness(() => Promise.reject(new Error('postgres://hub:hush@db')));
    expect(answer.status).toBe(503);
    expect(JSON.stringify(answer.body)).not.toContain('hush');
  });

  it('answer 503 in time when a check hangs', async () => {
    const before = performance.now();
    const answer = await readiness(() => new Promise<Checks>(() => {}));
    expect(answer.status).toBe(503);
    expect(performance.now() - before).toBeLessThan(READY_LIMIT_MS + 2_000);
  });

  it('are live even when something is down', async () => {
    ready = async () => ({ database: 'down' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('show the metrics, each counted once however often its counter is asked for', async () => {
    const given = { name: 'hub_test_total', help: 'counted by a test' };
    metrics.counter(given).inc();
    metrics.counter(given).inc(2);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('hub_test_total 3');
  });
});

describe('closing an app', () => {
  it('answers the request in flight, then lets its kept-alive connection go at once', async () => {
    const module = healthModule({ ready: () => sleep(300, { database: 'up' } as const), metrics });
    const closing = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
      logger: false,
    });
    await closing.listen(0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<number | undefined>((resolve, reject) => {
      void closing.getUrl().then((base) => {
        const request = get(`${base}/health/ready`, { agent }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode));
        });
        request.once('error', reject);
      });
    });
    await sleep(100);
    const before = performance.now();
    await closing.close();
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(await answer).toBe(200);
    agent.destroy();
  });
});

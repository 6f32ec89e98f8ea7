import { Controller, Get, Header, Inject, Module, Res, type DynamicModule } from '@nestjs/common';
import { Drain } from './drain';
import type { Metrics } from './metrics';

/** What a process depends on, and whether each of it works right now. */
export type Checks = Record<string, 'up' | 'down'>;

/** What the health pages show. */
export interface HealthSource {
  /** Looked at for `/health/ready`; a rejection or an answer later than `READY_LIMIT_MS` counts as down. */
  ready(): Promise<Checks>;
  readonly metrics: Metrics;
}

/** An orchestrator's probe gives up after a second or so: an answer "down" in time tells more than a timeout. */
export const READY_LIMIT_MS = 900;

const SOURCE = Symbol('HealthSource');

/** The little of a Fastify reply that is used here. */
interface Reply {
  status(code: number): unknown;
}

@Controller()
class HealthController {
  constructor(@Inject(SOURCE) private readonly source: HealthSource) {}

  @Get('health/live')
  live(): object {
    return { status: 'up' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    const checks = await checksWithin(this.source);
    const up = Object.values(checks).every((state) => state === 'up');
    reply.status(up ? 200 : 503);
    return { status: up ? 'up' : 'down', checks };
  }

  /** The content type is Prometheus' text format 0.0.4. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.source.metrics.text();
  }
}

async function checksWithin(source: HealthSource): Promise<Checks> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Checks>((resolve) => {
    timer = setTimeout(() => resolve({ answer_in_time: 'down' }), READY_LIMIT_MS);
  });
  const checks = source.ready().catch((): Checks => ({ check: 'down' }));
  return Promise.race([checks, late]).finally(() => clearTimeout(timer));
}

@Module({})
class HealthModule {}

/**
 * A Nest module that serves, openly, `GET /health/live` (the process answers), `GET /health/ready` (200, or 503
 * when something it needs is down, with the state of each) and `GET /metrics` (Prometheus). An app that has it also
 * closes as soon as its last answer is out (see `Drain`).
 */
export function healthModule(source: HealthSource): DynamicModule {
  return {
    module: HealthModule,
    controllers: [HealthController],
    providers: [{ provide: SOURCE, useValue: source }, Drain],
  };
}

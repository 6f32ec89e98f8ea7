import { Controller, Get, Header, Inject, Module, Res, type DynamicModule } from '@nestjs/common';
import { Drain } from './drain';
import type { Metrics } from './metrics';

/** What a process depends on, and whether each of it works right now. */
export type Checks = Record<string, 'up' | 'down'>;

/** In a hub of one process no port is ready before all of its apps listen. */
export class StartGate {
  private isOpen = false;

  open(): void {
    this.isOpen = true;
  }

  /** The checks of an app, behind the gate. */
  async behind(ready: () => Promise<Checks>): Promise<Checks> {
    return this.isOpen ? ready() : { start: 'down' };
  }
}

/** A gate for an app that is a process of its own. */
export function openGate(): StartGate {
  const gate = new StartGate();
  gate.open();
  return gate;
}

/** The state of what is asked: `up` when it answers. */
export function stateOf(answer: Promise<unknown>): Promise<'up' | 'down'> {
  return answer.then(
    () => 'up',
    () => 'down',
  );
}

/** What the health pages show. */
export interface HealthSource {
  /** Looked at for `/health/ready`; a rejection or an answer later than `READY_LIMIT_MS` counts as down. */
  ready(): Promise<Checks>;
  readonly metrics: Metrics;
  /** Checks without which the process still does its job: it is ready and says `degraded`. */
  readonly dispensable?: readonly string[];
  /** False: there is no `/metrics` here. */
  readonly showsMetrics?: boolean;
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
    const status = statusOf(checks, this.source.dispensable ?? []);
    reply.status(status === 'down' ? 503 : 200);
    return { status, checks };
  }
}

@Controller()
class MetricsController {
  constructor(@Inject(SOURCE) private readonly source: HealthSource) {}

  /** The content type is Prometheus' text format 0.0.4. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.source.metrics.text();
  }
}

function statusOf(checks: Checks, dispensable: readonly string[]): 'up' | 'degraded' | 'down' {
  const down = Object.keys(checks).filter((name) => checks[name] === 'down');
  if (down.length === 0) return 'up';
  return down.every((name) => dispensable.includes(name)) ? 'degraded' : 'down';
}

async function checksWithin(source: HealthSource): Promise<Checks> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Checks>((resolve) => {
    const late = (source.dispensable ?? ['answer_in_time']).map((name) => [name, 'down'] as const);
    timer = setTimeout(() => resolve(Object.fromEntries(late)), READY_LIMIT_MS);
  });
  const checks = source.ready().catch((): Checks => ({ check: 'down' }));
  return Promise.race([checks, late]).finally(() => clearTimeout(timer));
}

@Module({})
class HealthModule {}

/**
 * A Nest module that serves, openly, `GET /health/live` (the process answers), `GET /health/ready` (200, or 503
 * when something it needs is down, with the state of each; `degraded` when it does its job all the same) and
 * `GET /metrics` (Prometheus). An app that has it also
 * closes as soon as its last answer is out (see `Drain`).
 */
export function healthModule(source: HealthSource): DynamicModule {
  return {
    module: HealthModule,
    controllers: source.showsMetrics === false ? [HealthController] : [HealthController, MetricsController],
    providers: [{ provide: SOURCE, useValue: source }, Drain],
  };
}

import type { Server } from 'node:http';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How often connections that became idle are closed while the app closes. */
const SWEEP_MS = 25;

/**
 * Lets an app close as soon as its last answer is out. Node closes the idle connections once, when the server stops
 * listening; one whose request was in flight then is kept alive after its answer, and would hold the close up for the
 * whole keep-alive time.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown, OnApplicationShutdown {
  private sweep: NodeJS.Timeout | undefined;

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  /** Nest calls it right before it closes the server. */
  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    this.sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  }

  /** Nest calls it when the server is closed. */
  onApplicationShutdown(): void {
    clearInterval(this.sweep);
  }
}

import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ROUTER_PARTS, type RouterParts } from './parts';

/** How often each router looks for URLs whose time is over, in ms. */
const PURGE_EVERY_MS = 10 * 60_000;
/** Rows in one statement: a few milliseconds of the database. */
const BATCH_ROWS = 1_000;
/** Statements in one run: 50,000 URLs in ten minutes are 83 a second, and the next run goes on. */
const MAX_BATCHES = 50;

/** Removes handed-out URLs whose time is over. They lead nowhere before that already. */
@Injectable()
export class DetourPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.purge());
    }, PURGE_EVERY_MS).unref();
  }

  /** Waits for the batch under way. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** One run. Never rejects: what fails now is tried again by the next. */
  async purge(): Promise<void> {
    try {
      for (let batch = 0; batch < MAX_BATCHES && !this.closing; batch++) {
        if ((await this.parts.detours.purge(BATCH_ROWS)) < BATCH_ROWS) return;
      }
    } catch (err) {
      this.parts.log.warn({ err }, 'expired callback URLs could not be removed');
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, reasonOf } from '@app/runtime';
import { isAlive } from './children';

/** A server that the hub runs for itself. */
export interface Server {
  readonly pid: number;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
}

/** From one look at the server to the next, in ms. */
const LOOK_MS = 250;
/** Restarts within `WINDOW_MS`, at most: one that ends more often does not run. */
const MAX_RESTARTS = 5;
const WINDOW_MS = 5 * 60_000;
/** Before the second try to start it, in ms; each further one waits as long again. What is left of the old one ends meanwhile. */
const PAUSE_MS = 500;

/** Keeps a server running: starts one again that ended by itself, under the same URL. */
export class Supervisor {
  private readonly restarts: number[] = [];
  private isStopping = false;
  private readonly watching: Promise<void>;
  private giveUp: (error: Error) => void = () => undefined;
  /** Resolves, with the reason, when the server cannot be kept running. */
  readonly lost = new Promise<Error>((resolve) => (this.giveUp = resolve));

  /** @param startAgain starts it on the same data and the same port */
  constructor(
    private readonly name: string,
    private server: Server,
    private readonly startAgain: () => Promise<Server>,
    private readonly log: Logger,
  ) {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.watching;
    await this.server.stop();
  }

  private async watch(): Promise<void> {
    while (!this.isStopping) {
      await sleep(LOOK_MS, undefined, { ref: false });
      if (this.isStopping || isAlive(this.server.pid)) continue;
      this.log.error({ server: this.name, pid: this.server.pid }, 'it ended by itself; starting it again');
      if (!(await this.restarted())) return;
    }
  }

  /** False when it was given up. */
  private async restarted(): Promise<boolean> {
    for (let failures = 0; !this.isStopping; failures++) {
      if (!this.mayRestart()) {
        this.giveUp(
          new Error(`${this.name} ended ${MAX_RESTARTS} times within 5 minutes, or did not start again`),
        );
        return false;
      }
      try {
        this.server = await this.startAgain();
        this.log.info({ server: this.name, pid: this.server.pid }, 'it runs again');
        return true;
      } catch (error) {
        this.log.error({ server: this.name, reason: reasonOf(error) }, 'it did not start again');
        await sleep(PAUSE_MS * (failures + 1));
      }
    }
    return true;
  }

  private mayRestart(): boolean {
    const now = performance.now();
    while (this.restarts.length > 0 && now - this.restarts[0]! > WINDOW_MS) this.restarts.shift();
    this.restarts.push(now);
    return this.restarts.length <= MAX_RESTARTS;
  }
}

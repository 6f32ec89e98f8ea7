import { CourierFault, type Courier, type CourierAnswer, type CourierRequest, Room } from '@app/hub';
import { type buildConnector } from 'undici';
import { createConnector } from './connector';
import { splitUrl } from './destination';
import { Exchange } from './exchange';
import { type CourierOptions } from './options';
import { PlatformLanes } from './platform-lanes';

/** A courier whose requests under way can be broken off. */
export interface CuttableCourier extends Courier {
  /** Cuts every connection: the callers of the requests under way have their outcome, a fault, a moment later. */
  cut(): void;
}

/**
 * Makes the courier that carries requests over HTTP/1.1 with kept connections, one pool for each platform
 * and origin.
 *
 * `send` rejects with a `CourierFault` when there is no whole answer, and with undici's own error when the
 * request cannot be written as HTTP at all (a header with a line break), which is the caller's defect.
 */
export function createCourier(options: CourierOptions): CuttableCourier {
  return new PooledCourier(options);
}

class PooledCourier implements CuttableCourier {
  private readonly platforms = new Map<string, PlatformLanes>();
  private readonly connect: buildConnector.connector;
  private readonly answers: Room;
  private readonly sweeper: NodeJS.Timeout;
  private unsettled = 0;
  private closed: Promise<void> | undefined;
  private drained: () => void = () => undefined;

  constructor(private readonly options: CourierOptions) {
    this.connect = createConnector(options);
    this.answers = new Room(options.maxHeldBodyBytes);
    // Twice per limit: a pool lives at most one and a half times as long as it may.
    this.sweeper = setInterval(() => {
      this.closeIdle();
    }, options.idlePoolMs / 2);
    this.sweeper.unref();
  }

  send(request: CourierRequest): Promise<CourierAnswer> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new CourierFault('overloaded');
      const { head, target } = splitUrl(request.url);
      const lane = this.lanesOf(request.platformId).enter(head, request);
      this.unsettled += 1;
      lane.carry(request, target, new Exchange(request, this.options, lane, { resolve, reject }));
    });
  }

  cut(): void {
    for (const lanes of this.platforms.values()) void lanes.destroy();
    this.platforms.clear();
  }

  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  /** Bounded: each caller has its outcome after `connectTimeoutMs` and its own `timeoutMs`. */
  private async drain(): Promise<void> {
    clearInterval(this.sweeper);
    if (this.unsettled > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    await Promise.all([...this.platforms.values()].map((lanes) => lanes.destroy()));
  }

  private lanesOf(platformId: string): PlatformLanes {
    const tls = this.options.tlsOf?.(platformId);
    const known = this.platforms.get(platformId);
    if (known?.speaks(tls)) return known;
    known?.retire();
    const connect = tls ? createConnector(this.options, tls) : this.connect;
    const lanes = new PlatformLanes({ ...this.options, tls, connect, answers: this.answers }, () => {
      this.settled();
    });
    this.platforms.set(platformId, lanes);
    return lanes;
  }

  private settled(): void {
    this.unsettled -= 1;
    if (this.unsettled === 0) this.drained();
  }

  private closeIdle(): void {
    const since = Date.now() - this.options.idlePoolMs;
    for (const [platformId, lanes] of this.platforms) {
      lanes.closeIdle(since);
      if (lanes.isEmpty) this.platforms.delete(platformId);
    }
  }
}

import { CourierFault, type CourierRequest } from '@app/hub';
import { type buildConnector } from 'undici';
import { Bulkhead } from './bulkhead';
import { canonicalOrigin } from './destination';
import { Lane } from './lane';
import { type CourierOptions } from './options';

/**
 * Origins that one platform may have pools for at a time: its endpoints share one or two, the rest is for
 * URLs that it hands out for results. With the number of platforms this bounds the pools of the process.
 */
const MAX_LANES = 32;

/** The lanes of one platform, and its share of the hub: what hangs here takes nothing from the others. */
export class PlatformLanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly bulkhead: Bulkhead;

  constructor(
    private readonly options: CourierOptions,
    private readonly connect: buildConnector.connector,
    private readonly onSettled: () => void,
  ) {
    this.bulkhead = new Bulkhead(options.maxInFlightPerPlatform);
  }

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /**
   * The lane to an origin, with room for one more request on it.
   *
   * @param head scheme and authority as the URL spells them
   * @throws CourierFault `overloaded` or `forbidden_destination`
   */
  enter(head: string, request: CourierRequest): Lane {
    const known = this.lanes.get(head);
    if (known?.spoiled) this.drop(head, known);
    const lane = this.lanes.get(head) ?? this.open(head);
    this.bulkhead.enter(request);
    return lane;
  }

  /** Closes the lanes without a request since a time in ms: old endpoints die here. */
  closeIdle(sinceMs: number): void {
    for (const [head, lane] of this.lanes) if (lane.isIdle(sinceMs)) this.drop(head, lane);
  }

  /** Cuts every connection. */
  async destroy(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.destroy()));
    this.lanes.clear();
  }

  private open(head: string): Lane {
    if (this.lanes.size >= MAX_LANES) this.makeRoom();
    const { connectionsPerOrigin } = this.options;
    const { connect, onSettled } = this;
    const onReleased = (request: CourierRequest) => {
      this.bulkhead.leave(request);
    };
    const lane = new Lane(canonicalOrigin(head), { connectionsPerOrigin, connect, onSettled, onReleased });
    this.lanes.set(head, lane);
    return lane;
  }

  private makeRoom(): void {
    const idle = [...this.lanes].find(([, lane]) => lane.inFlight === 0);
    if (idle === undefined) throw new CourierFault('overloaded');
    this.drop(...idle);
  }

  private drop(head: string, lane: Lane): void {
    this.lanes.delete(head);
    void lane.close();
  }
}

import { CourierFault, type CourierRequest, type PeerTls, type Room, type Share } from '@app/hub';
import { type buildConnector } from 'undici';
import { Bulkhead } from './bulkhead';
import { canonicalOrigin } from './destination';
import { Lane } from './lane';

/**
 * Origins that one platform may have pools for at a time: its endpoints share one or two, the rest is for
 * URLs that it hands out for results. With the number of platforms this bounds the pools of the process.
 */
const MAX_LANES = 32;

export interface PlatformLanesOptions {
  readonly userAgent: string;
  readonly ownMark: string;
  readonly connectionsPerOrigin: number;
  readonly maxInFlightPerPlatform: number;
  /** For the bytes of answers that come in, of all platforms. */
  readonly answers: Room;
  /** What was set for the platform when its connector was made. */
  readonly tls: PeerTls | undefined;
  readonly connect: buildConnector.connector;
}

/** The lanes of one platform, and its share of the hub: what hangs here takes nothing from the others. */
export class PlatformLanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly bulkhead: Bulkhead;
  /** Bytes of its answers that come in. */
  private readonly held: Share = { held: 0 };
  private tls: PeerTls | undefined;

  constructor(
    private readonly options: PlatformLanesOptions,
    private readonly onSettled: () => void,
  ) {
    this.bulkhead = new Bulkhead(options.maxInFlightPerPlatform);
    this.tls = options.tls;
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

  /** Whether its connections are made as they should be now. A record that was read anew says the same in another object. */
  speaks(tls: PeerTls | undefined): boolean {
    if (tls === this.tls) return true;
    if (!isSame(tls, this.tls)) return false;
    this.tls = tls;
    return true;
  }

  /** Takes no more requests: those under way end as they began. */
  retire(): void {
    for (const [head, lane] of this.lanes) this.drop(head, lane);
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
    const { userAgent, ownMark, connectionsPerOrigin, connect, answers } = this.options;
    const { onSettled, held } = this;
    const hold = (bytes: number): boolean => answers.take(held, bytes);
    const onReleased = (request: CourierRequest, heldBytes: number) => {
      this.bulkhead.leave(request);
      answers.give(held, heldBytes);
    };
    const options = { userAgent, ownMark, connectionsPerOrigin, connect, hold, onSettled, onReleased };
    const lane = new Lane(canonicalOrigin(head), options);
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
    lane.close();
  }
}

function isSame(one: PeerTls | undefined, other: PeerTls | undefined): boolean {
  return (
    one?.ca === other?.ca &&
    one?.client?.certificate === other?.client?.certificate &&
    one?.client?.key === other?.client?.key
  );
}

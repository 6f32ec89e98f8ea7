/** The silence watcher: looks after platforms that were not heard of, and turns them OFFLINE and CONNECTED. */
import { type Log, type ProbeSchedule, type SignBoard, type StatusKeeping, type Verdict } from '@app/hub';
import { type Probe } from './probe';

/** The schedule is looked at so often, in ms. */
const LOOK_MS = 250;
/** Checks under way at a time; a hanging platform holds one of them up for its timeout. */
const MAX_PROBES = 64;

export interface WatcherParts {
  readonly schedule: ProbeSchedule;
  readonly statuses: StatusKeeping & Pick<SignBoard, 'keepSigns'>;
  readonly probe: Probe;
  readonly log: Log;
  /** Of platforms that are CONNECTED or OFFLINE; undefined for all others. */
  readonly status: (platformId: string) => 'CONNECTED' | 'OFFLINE' | undefined;
  readonly onProbe: (alive: boolean) => void;
}

export class Watcher {
  private underWay = 0;

  constructor(
    private readonly parts: WatcherParts,
    private readonly signal: AbortSignal,
  ) {}

  /** Checks whoever is due, until the term is over. */
  run(): void {
    const timer = setInterval(() => void this.look(), LOOK_MS);
    this.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /** A router saw it alive. */
  async alive(platformId: string): Promise<void> {
    if (this.signal.aborted) return;
    await this.connected(platformId).catch((err: unknown) => this.failedTo('write CONNECTED', err));
  }

  private async look(): Promise<void> {
    const { schedule, statuses } = this.parts;
    const due = schedule.due(Date.now(), MAX_PROBES - this.underWay);
    if (due.length === 0) return;
    this.underWay += due.length;
    const lastSeen = await statuses.lastSeen(due).catch((err: unknown) => {
      this.failedTo('read signs of life', err);
      return new Map<string, Date>();
    });
    await Promise.all(due.map((id) => this.check(id, lastSeen.get(id)?.getTime() ?? 0)));
  }

  private async check(platformId: string, lastSeen: number): Promise<void> {
    try {
      if (!this.parts.schedule.heardOf(platformId, lastSeen, Date.now())) await this.ask(platformId);
    } catch (err) {
      this.failedTo('write a status', err);
    } finally {
      this.underWay -= 1;
    }
  }

  private async ask(platformId: string): Promise<void> {
    const { schedule, probe, statuses, onProbe } = this.parts;
    const began = Date.now();
    const alive = await probe(platformId);
    if (this.signal.aborted) return;
    onProbe(alive);
    if (!alive) return this.failed(platformId, schedule.failed(platformId, began, Date.now()));
    schedule.answered(platformId, Date.now());
    await statuses.keepSigns([{ platformId, at: new Date() }], 0);
    await this.connected(platformId);
  }

  private async connected(platformId: string): Promise<void> {
    if (this.parts.status(platformId) !== 'OFFLINE') return;
    if (await this.parts.statuses.setConnected(platformId, new Date()))
      this.parts.log.info({ platformId }, 'platform is CONNECTED again');
  }

  private async failed(platformId: string, verdict: Verdict | undefined): Promise<void> {
    if (!verdict) return;
    const { statuses, log } = this.parts;
    const reason = verdict.suspect ? 'traffic_failures' : 'silence';
    if (await statuses.setOffline(platformId, reason, verdict.failedAt, new Date()))
      log.warn({ platformId, reason }, 'platform is OFFLINE');
  }

  private failedTo(what: string, err: unknown): void {
    this.parts.log.warn({ err }, `the status keeper could not ${what}`);
  }
}

/** The keeper of the statuses: what one process at a time does for the whole hub. */
import {
  type Agreement,
  type Directory,
  type DirectoryListener,
  type Log,
  type PlatformRecord,
  ProbeSchedule,
  type ProbeTimes,
  type SignBoard,
  type StatusKeeping,
  type Term,
} from '@app/hub';
import { Announcer, type AnnouncerParts } from './announcer';
import { type Probe } from './probe';
import { Watcher } from './watcher';

export interface KeeperParts extends Omit<AnnouncerParts, 'agreements'> {
  readonly directory: Directory;
  readonly statuses: StatusKeeping & Pick<SignBoard, 'keepSigns'>;
  readonly probe: Probe;
  readonly probeTimes: ProbeTimes;
  /** Told of each still-alive check. */
  readonly onProbe: (alive: boolean) => void;
  readonly historyDays: number;
  /** After so many days, parties that were given up unused are removed from the list. */
  readonly forgetUnusedDays: number;
  readonly log: Log;
}

/** What a term works with, as long as it lasts. */
interface Office {
  readonly schedule: ProbeSchedule;
  readonly announcer: Announcer;
}

/** Old changes of statuses are removed so often, in ms, so many at a time. */
const PURGE_MS = 60_000;
const PURGE_ROWS = 10_000;
const DAY_MS = 86_400_000;
/** Parties of one statement that are forgotten. */
const FORGOTTEN_ROWS = 500;
/** The message log is looked at again from this long before the last look, in ms: it is written in batches. */
const MARK_OVERLAP_MS = 10 * 60_000;

/** Follows the directory all the time, so that it can begin at once when its term comes. */
export class Keeper implements DirectoryListener {
  private agreements: readonly Agreement[] = [];
  private office: Office | undefined;
  /** When parties that exchanged messages were noted last, in ms since 1970. */
  private markedAt = 0;

  constructor(private readonly parts: KeeperParts) {}

  get inOffice(): boolean {
    return this.office !== undefined;
  }

  /** One term. Resolves when it is over. */
  async serve(term: Term): Promise<void> {
    const { parts } = this;
    const schedule = new ProbeSchedule(parts.probeTimes, Math.random);
    const status = (platformId: string) => watchable(parts.directory.platform(platformId)?.record);
    const watcher = new Watcher({ ...parts, schedule, status }, term.signal);
    const announcer = new Announcer({ ...parts, agreements: () => this.agreements }, term.signal);
    this.office = { schedule, announcer };
    for (const { record } of parts.directory.all()) this.follow(record.id, record);
    term.onTold((kind, platformId) => {
      if (kind === 'alive') void watcher.alive(platformId);
      else schedule.suspect(platformId, Date.now());
    });
    watcher.run();
    const purging = setInterval(() => void this.purge(), PURGE_MS);
    await announcer.run().finally(() => {
      clearInterval(purging);
      this.office = undefined;
    });
  }

  platformChanged(platformId: string, record: PlatformRecord | undefined): void {
    this.parts.directory.platformChanged(platformId, record);
    this.follow(platformId, record);
    this.office?.announcer.wake();
  }

  reloaded(records: readonly PlatformRecord[]): void {
    this.parts.directory.reloaded(records);
    for (const record of records) this.follow(record.id, record);
    this.office?.announcer.wake();
  }

  agreementsChanged(agreements: readonly Agreement[]): void {
    this.agreements = agreements;
    this.parts.directory.agreementsChanged(agreements);
    this.office?.announcer.wake();
  }

  private follow(platformId: string, record: PlatformRecord | undefined): void {
    const status = watchable(record);
    const lastSeen = (record?.lastSeenAt ?? record?.registeredAt)?.getTime() ?? 0;
    if (status) this.office?.schedule.watch(platformId, status, lastSeen, Date.now());
    else this.office?.schedule.forget(platformId);
  }

  private async purge(): Promise<void> {
    const before = new Date(Date.now() - this.parts.historyDays * DAY_MS);
    await this.parts.statuses
      .purgeHistory(before, PURGE_ROWS)
      .then(() => this.forgetUnused())
      .catch((err: unknown) => this.parts.log.warn({ err }, 'old statuses could not be removed'));
  }

  /** The whole message log is looked at once in the life of the process. */
  private async forgetUnused(): Promise<void> {
    const { statuses, forgetUnusedDays } = this.parts;
    const now = Date.now();
    await statuses.markExchanged(new Date(Math.max(0, this.markedAt - MARK_OVERLAP_MS)));
    this.markedAt = now;
    await statuses.forgetUnused(new Date(now - forgetUnusedDays * DAY_MS), FORGOTTEN_ROWS);
  }
}

/** The status of a platform that the keeper looks after. */
function watchable(record: PlatformRecord | undefined): 'CONNECTED' | 'OFFLINE' | undefined {
  if (!record || record.suspended || record.registeredAt === null) return undefined;
  return record.status === 'CONNECTED' || record.status === 'OFFLINE' ? record.status : undefined;
}

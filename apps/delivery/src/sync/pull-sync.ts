/**
 * Keeps the object store in step with the platforms: everything when one registers, what changed when it is
 * back or some hours have passed. Any number of workers share the work; each platform is asked by one at a time.
 */
import {
  type Courier,
  Directory,
  type DirectoryListener,
  type Log,
  type ObjectStore,
  pairsActingAs,
  type PlatformEntry,
  type PlatformRecord,
  pull,
  pullError,
  type PullProgress,
  type SyncJob,
  type SyncStore,
} from '@app/hub';
import { moduleRow, parsePartyId, type PartyId, sameParty } from '@app/ocpi';
import { setTimeout as pause } from 'node:timers/promises';
import { jittered, retryAfter, type SyncTimes } from './sync-times';
import { wishesOf } from './wishes';

/** Platforms whose lists are noted in one statement. */
const PLATFORMS_AT_ONCE = 500;
/** A claim lasts two pages of the longest kind and this, in ms: it is renewed after each page. */
const LEASE_MARGIN_MS = 60_000;

export interface SyncParts {
  readonly sync: SyncStore;
  readonly objects: Pick<ObjectStore, 'putPulled' | 'sweep'>;
  readonly courier: Courier;
  readonly hub: PartyId;
  readonly log: Log;
  readonly newId: () => string;
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
  /** For each page, in ms. */
  readonly timeoutMs: number;
  readonly times: SyncTimes;
  /** Told of each pull: its outcome, and how many objects came. */
  readonly count: (module: string, outcome: 'done' | 'failed', objects: number) => void;
}

export class PullSync implements DirectoryListener {
  private readonly directory = new Directory();
  /** Platforms whose lists are not noted yet. */
  private readonly changed = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private isClosing = false;
  /** Something happened while the loop was at work: it does not pause. */
  private isAwake = false;
  private endPause: () => void = () => undefined;
  private readonly loop: Promise<void>;

  constructor(private readonly parts: SyncParts) {
    this.loop = this.keepInStep();
  }

  platformChanged(platformId: string, record: PlatformRecord | undefined): void {
    this.directory.platformChanged(platformId, record);
    this.changed.add(platformId);
    this.wake();
  }

  reloaded(records: readonly PlatformRecord[]): void {
    this.directory.reloaded(records);
    for (const { id } of records) this.changed.add(id);
    this.wake();
  }

  /** What is pulled does not depend on them: they decide who gets it. */
  agreementsChanged(): void {}

  /** Ends after the pages that are under way; what is not pulled to its end, another worker begins anew. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.wake();
    await this.loop;
    await Promise.all(this.running);
  }

  private async keepInStep(): Promise<void> {
    while (!this.isClosing) {
      try {
        await this.noteChanged();
        await this.claimDue();
      } catch (error) {
        this.parts.log.warn({ err: error }, 'lists of platforms cannot be pulled now');
        this.isAwake = false;
      }
      await this.pause();
    }
  }

  private wake(): void {
    this.isAwake = true;
    this.endPause();
  }

  private async pause(): Promise<void> {
    if (!this.isAwake && !this.isClosing) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.parts.times.pollMs);
        this.endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isAwake = false;
  }

  private async noteChanged(): Promise<void> {
    const { sync, now } = this.parts;
    while (this.changed.size > 0 && !this.isClosing) {
      const ids = [...this.changed].slice(0, PLATFORMS_AT_ONCE);
      const entries = ids.flatMap((id) => this.directory.platform(id) ?? []);
      const gone = entries.filter(({ record }) => record.registeredAt === null).map(({ id }) => id);
      for (const id of ids) this.changed.delete(id);
      try {
        if (gone.length > 0) await sync.forget(gone);
        const wishes = entries.flatMap((entry) => wishesOf(entry, this.directory));
        await sync.expect(wishes, now());
      } catch (error) {
        for (const id of ids) this.changed.add(id);
        throw error;
      }
    }
  }

  private async claimDue(): Promise<void> {
    const free = this.parts.times.parallel - this.running.size;
    if (free <= 0 || this.isClosing) return;
    const now = this.parts.now();
    for (const job of await this.parts.sync.claim(free, now, this.leaseUntil())) {
      const work = this.run(job).finally(() => {
        this.running.delete(work);
        this.wake();
      });
      this.running.add(work);
    }
  }

  private async run(job: SyncJob): Promise<void> {
    try {
      await this.pullOne(job);
    } catch (error) {
      await this.failed(job, error).catch((cause: unknown) => {
        this.parts.log.warn({ err: cause }, 'a failed pull cannot be noted: its claim runs out');
      });
    }
  }

  private async pullOne(job: SyncJob): Promise<void> {
    const { parts } = this;
    const { module, syncedAt, registeredAt, failures } = job;
    const platform = this.directory.platform(job.platformId);
    const owner = platform && partyOf(platform, job, this.directory);
    if (!platform || !owner) return parts.sync.drop(job);
    const goOn = (progress: PullProgress): Promise<boolean> => this.renew(job, progress);
    const limits = parts.times.limits;
    const subject = { platform, module, owner, syncedAt, registeredAt, failures };
    const outcome = await pull(subject, { ...parts, pause, limits, goOn });
    const endedAt = parts.now();
    const dueAt = new Date(endedAt.getTime() + jittered(parts.times.periodMs, parts.random()));
    await parts.sync.finish(job, { ...outcome, endedAt }, dueAt);
    parts.count(module, 'done', outcome.objects);
    parts.log.info({ ...job, ...outcome }, 'list pulled');
  }

  private async renew(job: SyncJob, progress: PullProgress): Promise<boolean> {
    return !this.isClosing && (await this.parts.sync.renew(job, progress, this.leaseUntil()));
  }

  private async failed(job: SyncJob, error: unknown): Promise<void> {
    const { sync, times, random, now, log, count } = this.parts;
    const inMs = this.isClosing ? 0 : retryAfter(job.failures, times, random());
    const why = pullError(error, now());
    log.warn({ ...job, error: why.reason, inMs }, 'list not pulled; it is pulled again later');
    count(job.module, 'failed', 0);
    await sync.fail(job, why, new Date(now().getTime() + inMs));
  }

  private leaseUntil(): Date {
    const { now, timeoutMs } = this.parts;
    return new Date(now().getTime() + 2 * timeoutMs + LEASE_MARGIN_MS);
  }
}

/** The party of a job, when the platform still has it and offers its list. */
function partyOf(
  platform: PlatformEntry,
  { module, owner }: SyncJob,
  directory: Directory,
): PartyId | undefined {
  const party = parsePartyId(owner.slice(0, 2), owner.slice(3));
  const roles = moduleRow(module)?.interfaces.SENDER.roles ?? [];
  const isOffered = platform.endpoint(module, 'SENDER') !== undefined;
  if (!isOffered) return undefined;
  return pairsActingAs(platform, roles, directory).find((held) => party && sameParty(held, party));
}

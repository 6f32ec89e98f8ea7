/**
 * ADAPTER of the port `ChangeFeed`: PostgreSQL's LISTEN on a connection of its own.
 *
 * One loop does everything one after the other, so what a listener is told is never older than what it was
 * told before. A lost connection ends the loop's session; the next session listens first and then loads
 * everything, so that nothing which changed in between is missed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Agreement,
  type ChangeFeed,
  type DirectoryListener,
  type Log,
  type PlatformRecord,
} from '@app/hub';
import { atMost } from './connection';
import { ListenSession } from './listen-session';
import { AGREEMENTS } from './transaction';

/** Times of the feed, all in ms. */
export interface FeedTimes {
  /** A channel that was silent for so long is asked whether it is still there. */
  readonly heartbeatMs: number;
  /** For so long it may take to answer. */
  readonly answerMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

/** A dead channel is noticed after 15 s at most, and a hub asks three other questions a minute. */
const FEED_TIMES: FeedTimes = {
  heartbeatMs: 10_000,
  answerMs: 5_000,
  firstRetryMs: 100,
  longestRetryMs: 5_000,
};

/** For how long a stop waits for what a follower is doing, in ms. */
const CLOSE_MS = 1_000;

/** Where the feed reads what changed. */
export interface FeedSource {
  /** One state of these platforms, or of all. */
  platforms(ids?: readonly string[]): Promise<readonly PlatformRecord[]>;
  agreements(): Promise<readonly Agreement[]>;
}

export class PostgresChangeFeed implements ChangeFeed {
  private readonly closing = new AbortController();
  private readonly followers: Promise<void>[] = [];
  private readonly sessions = new Set<ListenSession>();

  constructor(
    private readonly databaseUrl: string,
    private readonly source: FeedSource,
    private readonly log: Log,
    private readonly times: FeedTimes = FEED_TIMES,
  ) {}

  /** @throws when the feed is closed before the first load */
  follow(listener: DirectoryListener): Promise<void> {
    return new Promise((loaded, fail) => {
      const told: DirectoryListener = {
        platformChanged: (id, record) => listener.platformChanged(id, record),
        reloaded: (records) => {
          listener.reloaded(records);
          loaded();
        },
        agreementsChanged: (agreements) => listener.agreementsChanged(agreements),
      };
      const closed = (): void => fail(new Error('the change feed was closed'));
      this.followers.push(this.keepFollowing(told).finally(closed));
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    for (const session of this.sessions) session.end();
    await atMost(CLOSE_MS, Promise.all(this.followers));
  }

  private async keepFollowing(listener: DirectoryListener): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted; failures++) {
      try {
        await this.runSession(listener, () => (failures = 0));
      } catch (error) {
        if (this.closing.signal.aborted) return;
        this.log.warn({ error: messageOf(error), failures }, 'change notifications lost; listening again');
        await this.pause(failures);
      }
    }
  }

  /** Ends only by throwing: when the channel breaks, or is closed. */
  private async runSession(listener: DirectoryListener, onLoaded: () => void): Promise<never> {
    const session = new ListenSession(this.databaseUrl, this.times.answerMs);
    this.sessions.add(session);
    try {
      await session.listen();
      listener.agreementsChanged(await this.source.agreements());
      listener.reloaded(await this.source.platforms());
      onLoaded();
      for (;;) await this.tell(listener, await session.changes(this.times.heartbeatMs));
    } finally {
      this.sessions.delete(session);
      session.end();
    }
  }

  private async tell(listener: DirectoryListener, changed: readonly string[]): Promise<void> {
    if (changed.includes(AGREEMENTS)) listener.agreementsChanged(await this.source.agreements());
    const ids = changed.filter((payload) => payload !== AGREEMENTS);
    if (ids.length === 0) return;
    const records = new Map((await this.source.platforms(ids)).map((record) => [record.id, record]));
    for (const id of ids) listener.platformChanged(id, records.get(id));
  }

  private async pause(failures: number): Promise<void> {
    const { firstRetryMs, longestRetryMs } = this.times;
    const pauseMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
    await delay(pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

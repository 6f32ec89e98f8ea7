/**
 * ADAPTER of the port `Keepership`: an advisory lock on a connection of its own.
 *
 * PostgreSQL gives the lock up the moment the connection ends, so that a killed keeper is replaced within the
 * time between two attempts; TCP keepalives do the same for one whose machine is gone. This side knows as well:
 * a keeper whose connection does not answer in time stops before anybody else can have begun.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Keepership, type Log, type Term } from '@app/hub';
import { atMost, CONNECT_LIMITS } from '../connection';
import { DatabaseClient } from '../database-client';
import { TOLD_CHANNEL, toldBy } from './told';

/** Any number that no other user of advisory locks in this database has. */
const KEEPER_LOCK = 7_240_501;

/** From one attempt to become the keeper to the next, in ms. */
const ATTEMPT_MS = 1_000;
/** The keeper makes sure of its connection so often, in ms. */
const HEARTBEAT_MS = 1_000;
/** For so long the connection may take to answer, in ms: with the heartbeat, less than the server's patience. */
const ANSWER_MS = 2_000;
/** For how long a stop waits for what the keeper is doing, in ms. */
const CLOSE_MS = 3_000;
/** The server notices a peer that is gone after 4 + 2 × 2 = 8 s. */
const KEEPALIVES = `
  SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2`;

type Told = Parameters<Term['onTold']>[0];

export class PostgresKeepership implements Keepership {
  private readonly closing = new AbortController();
  private standing: Promise<void> = Promise.resolve();

  constructor(
    private readonly databaseUrl: string,
    private readonly log: Log,
  ) {}

  stand(serve: (term: Term) => Promise<void>): void {
    this.standing = this.keepStanding(serve);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await atMost(CLOSE_MS, this.standing);
  }

  private async keepStanding(serve: (term: Term) => Promise<void>): Promise<void> {
    while (!this.closing.signal.aborted) {
      const candidate = new Candidate(this.databaseUrl, this.closing.signal);
      try {
        await candidate.elected();
        this.log.info({}, 'this process keeps the statuses now');
        await Promise.all([candidate.keepTerm(), serve(candidate)]);
      } catch (error) {
        if (!this.closing.signal.aborted)
          this.log.warn({ err: error }, 'the keepership was lost; standing again');
      } finally {
        candidate.withdraw();
      }
      await pause(ATTEMPT_MS, this.closing.signal);
    }
  }
}

/** One connection, from its start to the end of the term that it won. */
class Candidate implements Term {
  private readonly over = new AbortController();
  private readonly listeners: Told[] = [];
  private readonly client: DatabaseClient;

  constructor(
    databaseUrl: string,
    private readonly closing: AbortSignal,
  ) {
    this.client = new DatabaseClient({
      connectionString: databaseUrl,
      application_name: 'hub keeper',
      ...CONNECT_LIMITS,
      query_timeout: ANSWER_MS,
    });
    this.client.on('error', () => this.over.abort());
    this.client.on('end', () => this.over.abort());
    this.client.on('notification', ({ payload }) => this.tell(payload ?? ''));
    closing.addEventListener('abort', this.stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.over.signal;
  }

  onTold(listener: Told): void {
    this.listeners.push(listener);
  }

  /** Resolves when the lock is this process's. @throws when the connection breaks, or the process closes */
  async elected(): Promise<void> {
    await this.client.connect();
    await this.client.query(KEEPALIVES);
    await this.client.query(`LISTEN ${TOLD_CHANNEL}`);
    while (!(await this.lock())) {
      await pause(ATTEMPT_MS, this.signal);
      this.signal.throwIfAborted();
    }
  }

  /** Ends, by aborting the term, as soon as the connection does not answer in time. */
  async keepTerm(): Promise<void> {
    while (!this.signal.aborted) {
      await pause(HEARTBEAT_MS, this.signal);
      if (!this.signal.aborted) await this.client.query('SELECT 1').catch(this.stop);
    }
  }

  /** Gives the lock up with the connection, without waiting for the server: it may be gone. */
  withdraw(): void {
    this.stop();
    this.closing.removeEventListener('abort', this.stop);
    this.client.end().catch(() => undefined);
  }

  private async lock(): Promise<boolean> {
    const { rows } = await this.client.query<{ won: boolean }>('SELECT pg_try_advisory_lock($1) AS won', [
      KEEPER_LOCK,
    ]);
    return rows[0]?.won === true;
  }

  private readonly stop = (): void => this.over.abort();

  private tell(payload: string): void {
    const told = toldBy(payload);
    if (told) for (const listener of this.listeners) listener(...told);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

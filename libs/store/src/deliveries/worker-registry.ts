/**
 * ADAPTER of the port `WorkerRegistry`: an advisory lock on a connection of its own.
 *
 * PostgreSQL frees the lock the moment the connection ends: that of a killed worker at once, that of a lost machine by
 * TCP keepalives after 8 s. A worker that is only stalled, or stopped by a signal, keeps its connection, and so its
 * leases: what it has under way is not sent a second time beside it.
 *
 * A living worker may lose its connection (a failover, an operator). Others take over from it after `GRACE_MS`; it stops
 * what it has under way before that, `GIVE_UP_MS` after the last sign that the connection worked.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { randomInt } from 'node:crypto';
import { type Log, type WorkerRegistry } from '@app/hub';
import { Client } from 'pg';
import { type DataSource } from 'typeorm';
import { atMost, CONNECT_LIMITS } from '../connection';
import { inTransaction } from '../transaction';

/** First half of the advisory lock of a worker; any number that no other user of such locks has. */
const WORKER_LOCK = 7_240_102;
/** Highest id of a worker: 31 bits, the second half of its lock and the first 8 digits of its lease ids. */
const MAX_WORKER = 2 ** 31 - 1;
/** From one proof that the connection works to the next, in ms. */
const HEARTBEAT_MS = 1_000;
/** For so long the connection may take to answer, in ms. */
const ANSWER_MS = 2_000;
/** From one attempt to connect again to the next, in ms. */
const RECONNECT_MS = 250;
/** A worker whose lock is free for so long, in ms, is dead, or has given up what it had under way. */
const GRACE_MS = 5_000;
/** Heartbeat and answer take 3 s at most; 1 s is left before `GRACE_MS`. */
const GIVE_UP_MS = HEARTBEAT_MS + ANSWER_MS + 1_000;
/** For how long a stop waits for the connection, in ms. */
const CLOSE_MS = 1_000;
/** The server notices a peer that is gone after 4 + 2 × 2 = 8 s. */
const KEEPALIVES = `
  SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2`;

const JOIN = `
  INSERT INTO delivery_workers (id, joined_at) VALUES ($1, now())
  ON CONFLICT (id) DO UPDATE SET missed_since = NULL`;

/** Locks the free ones until the end of the transaction, so that none of them comes back meanwhile. */
const MISSED = `
  WITH free AS MATERIALIZED (SELECT id FROM delivery_workers WHERE pg_try_advisory_xact_lock($1, id))
  UPDATE delivery_workers worker SET missed_since = coalesce(worker.missed_since, now())
  FROM free WHERE worker.id = free.id
  RETURNING worker.id, worker.missed_since <= now() - $2 * interval '1 ms' AS dead`;

const freeLeases = (table: string, condition: string): string => `
  UPDATE ${table} SET lease_id = NULL, lease_until = NULL
  WHERE lease_id IS NOT NULL AND left(lease_id::text, 8) = ANY($1) AND ${condition}`;
const FREE_LEGS = freeLeases('deliveries', `state = 'waiting'`);
/** As if it had been overdue all along: `takeForgotten` finds it. */
const FREE_BUNDLES = freeLeases('delivery_bundles', 'TRUE');

/** The first 8 digits of the ids of the leases of a worker. */
export function leasePrefix(worker: number): string {
  return worker.toString(16).padStart(8, '0');
}

/** Makes up an id for the worker of this process. */
export function newWorker(): number {
  return randomInt(1, MAX_WORKER);
}

export class PostgresWorkerRegistry implements WorkerRegistry {
  private readonly closing = new AbortController();
  private present: Promise<void> = Promise.resolve();

  constructor(
    private readonly worker: number,
    private readonly databaseUrl: string,
    private readonly dataSource: DataSource,
    private readonly log: Log,
  ) {}

  async join(onLost: () => void): Promise<void> {
    const session = await this.connected();
    this.present = this.stayPresent(session, onLost);
  }

  releaseDead(graceMs = GRACE_MS): Promise<number> {
    return inTransaction(this.dataSource, async (manager) => {
      const [missed] = await manager.query<[{ id: number; dead: boolean }[], number]>(MISSED, [
        ...[WORKER_LOCK, graceMs],
      ]);
      const dead = missed.filter((worker) => worker.dead).map(({ id }) => id);
      if (dead.length === 0) return 0;
      const prefixes = dead.map(leasePrefix);
      const [, legs] = await manager.query<[unknown, number]>(FREE_LEGS, [prefixes]);
      const [, bundles] = await manager.query<[unknown, number]>(FREE_BUNDLES, [prefixes]);
      await manager.query('DELETE FROM delivery_workers WHERE id = ANY($1)', [dead]);
      return legs + bundles;
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await atMost(CLOSE_MS, this.present);
  }

  private async connected(): Promise<Client> {
    const client = new Client({
      connectionString: this.databaseUrl,
      application_name: 'hub worker',
      ...CONNECT_LIMITS,
      query_timeout: ANSWER_MS,
    });
    client.on('error', () => undefined); // the next heartbeat fails
    try {
      await client.connect();
      await client.query(KEEPALIVES);
      await client.query('SELECT pg_advisory_lock($1, $2)', [WORKER_LOCK, this.worker]);
      await client.query(JOIN, [this.worker]);
      return client;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Keeps the connection, and makes a new one when it breaks, until the stop. */
  private async stayPresent(first: Client, onLost: () => void): Promise<void> {
    let session: Client | undefined = first;
    let aliveAt = performance.now();
    let isLost = false;
    while (!this.closing.signal.aborted) {
      const askedAt = performance.now();
      const current: Client | undefined = session ?? (await this.connected().catch(() => undefined));
      session = current && (await beats(current)) ? current : undefined;
      if (session) [aliveAt, isLost] = [askedAt, false];
      else if (!isLost && performance.now() - aliveAt > GIVE_UP_MS - RECONNECT_MS) {
        isLost = true;
        this.log.warn({}, 'the database does not know this worker any more: its attempts are broken off');
        onLost();
      }
      await pause(session ? HEARTBEAT_MS : RECONNECT_MS, this.closing.signal);
    }
    session?.end().catch(() => undefined);
  }
}

async function beats(client: Client): Promise<boolean> {
  try {
    await client.query('SELECT 1');
    return true;
  } catch {
    client.end().catch(() => undefined);
    return false;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

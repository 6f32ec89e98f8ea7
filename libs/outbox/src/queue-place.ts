/** Where the queue lives: on Redis when there is one, else in PostgreSQL. One setting, the same code. */
import { sharedNameOf } from '@app/hub';
import { type PartyId } from '@app/ocpi';
import { type BulkJobOptions, createPostgresBackend, type Job, Queue, Worker } from 'bullmq';
import { type DrainJob } from './drain-job';

export interface BulkJob {
  readonly name: string;
  readonly data: DrainJob;
  readonly opts: BulkJobOptions;
}

/** What is used of a BullMQ queue, on either backend. */
export interface JobQueue {
  addBulk(jobs: BulkJob[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  getGlobalConcurrency(): Promise<unknown>;
  close(): Promise<void>;
}

/** What is used of a BullMQ worker, on either backend. */
export interface JobWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown;
  run(): Promise<void>;
  close(force?: boolean): Promise<void>;
}

export type JobWork = (job: Job<DrainJob>) => Promise<void>;

export interface QueuePlace {
  readonly databaseUrl: string;
  /** Options of its connections to PostgreSQL, as of a pool of `pg`: which class they are of, and limits. */
  readonly clientOptions: object;
  /** Absent: the queue runs on PostgreSQL. */
  readonly redisUrl?: string;
  readonly hub: PartyId;
}

const QUEUE_NAME = 'deliveries';
/** A producer that cannot reach its Redis says so after this time, in ms, instead of gathering jobs. */
const COMMAND_TIMEOUT_MS = 2_000;
/** Pause between two attempts to reach a Redis that is gone, at most, in ms. */
const LONGEST_RECONNECT_MS = 2_000;
/** Connections to PostgreSQL of one queue or worker; one more listens. */
const POSTGRES_CONNECTIONS = 4;
/** A worker that is silent for so long, in ms, has died: its jobs go to another one. */
const LOCK_MS = 10_000;
/** A job that stalled is looked at again however often: what it stands for is safe in the outbox. */
const MAX_STALLED = 1_000;

const reconnect = (attempt: number): number => Math.min(attempt * 100, LONGEST_RECONNECT_MS);

/** Hubs may share one Redis; those of one database share one queue. */
function prefixOf({ databaseUrl, hub }: QueuePlace): string {
  return sharedNameOf(hub, databaseUrl);
}

/** The side that adds jobs. It never queues commands for a Redis that is away. */
export async function openQueue(place: QueuePlace): Promise<JobQueue> {
  if (place.redisUrl === undefined) return openPostgresQueue(place);
  const connection = {
    ...redisAt(place.redisUrl),
    ...{ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
  };
  return new Queue(QUEUE_NAME, { connection, prefix: prefixOf(place) });
}

async function openPostgresQueue(place: QueuePlace): Promise<JobQueue> {
  const queue = new Queue(QUEUE_NAME, { connection: postgresAt(place) }, createPostgresBackend);
  await queue.waitUntilReady();
  return queue;
}

/** The side that works them off, `concurrency` at a time. It does not start by itself. */
export function openWorker(place: QueuePlace, concurrency: number, work: JobWork): JobWorker {
  const options = {
    ...{ concurrency, autorun: false, lockDuration: LOCK_MS, stalledInterval: LOCK_MS },
    ...{ maxStalledCount: MAX_STALLED, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  };
  if (place.redisUrl === undefined) {
    return new Worker(QUEUE_NAME, work, { ...options, connection: postgresAt(place) }, createPostgresBackend);
  }
  const connection = { ...redisAt(place.redisUrl), maxRetriesPerRequest: null };
  return new Worker(QUEUE_NAME, work, { ...options, connection, prefix: prefixOf(place) });
}

function redisAt(url: string): { url: string; retryStrategy: typeof reconnect } {
  return { url, retryStrategy: reconnect };
}

/** BullMQ's own tables are in a schema of their own; whoever is first makes them. */
function postgresAt({ databaseUrl, clientOptions }: QueuePlace) {
  return {
    ...clientOptions,
    connectionString: databaseUrl,
    max: POSTGRES_CONNECTIONS,
    application_name: 'hub queue',
    migrate: true,
  };
}

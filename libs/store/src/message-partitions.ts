/** The message log's partitions: one for each UTC day, made ahead and dropped when they are old. */
import { type Pool, type PoolClient } from 'pg';

const DAY_MS = 86_400_000;

/** Days that are made ahead. The keeper looks every hour, so it may fail for three days before one is missing. */
const DAYS_AHEAD = 3;

/** Any number that no other user of advisory locks in this database has. */
const PARTITION_LOCK = 7_240_002;

/** Making or dropping a partition locks the whole log for a moment; it does not wait longer for that, in ms. */
const LOCK_TIMEOUT_MS = 3_000;

const PARTITION_NAME = /^messages_(\d{4})(\d\d)(\d\d)$/;

/** Makes today's partition and those of the next days, and drops those older than `keepDays` whole days. */
export async function keepPartitions(pool: Pool, keepDays: number, now: Date): Promise<void> {
  const today = dayOf(now);
  const ahead = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => new Date(today.getTime() + day * DAY_MS));
  await makePartitions(pool, ahead);
  await dropPartitions(pool, new Date(today.getTime() - keepDays * DAY_MS));
}

/** Makes the partitions that hold these moments, where there are none yet. Processes may do so at once. */
export async function makePartitions(pool: Pool, moments: readonly Date[]): Promise<void> {
  const days = new Map(moments.map((moment) => [nameOf(moment), dayOf(moment)]));
  if ((await missing(pool, [...days.keys()])).length === 0) return;
  await locked(pool, async (client) => {
    for (const name of await missing(client, [...days.keys()]))
      await makePartition(client, name, days.get(name)!);
  });
}

async function dropPartitions(pool: Pool, before: Date): Promise<void> {
  const old = (await partitions(pool)).filter((name) => (startOf(name) ?? before) < before);
  if (old.length === 0) return;
  await locked(pool, async (client) => {
    for (const name of old) await client.query(`DROP TABLE IF EXISTS ${name}`);
  });
}

function makePartition(client: PoolClient, name: string, day: Date): Promise<unknown> {
  const next = new Date(day.getTime() + DAY_MS);
  const range = `FROM ('${day.toISOString()}') TO ('${next.toISOString()}')`;
  return client.query(`CREATE TABLE ${name} PARTITION OF messages FOR VALUES ${range}`);
}

async function partitions(pool: Pool | PoolClient): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT child.relname AS name FROM pg_inherits
     JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = 'messages'::regclass`,
  );
  return rows.map((row) => row.name);
}

async function missing(pool: Pool | PoolClient, names: readonly string[]): Promise<string[]> {
  const existing = new Set(await partitions(pool));
  return names.filter((name) => !existing.has(name));
}

/** One process at a time, in one transaction. */
async function locked(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    fault = error as Error;
    throw error;
  } finally {
    client.release(fault); // a connection in an unknown state is closed, which rolls back
  }
}

function dayOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / DAY_MS) * DAY_MS);
}

/** `messages_20261123` */
function nameOf(moment: Date): string {
  return `messages_${moment.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function startOf(name: string): Date | undefined {
  const [, year, month, day] = PARTITION_NAME.exec(name) ?? [];
  return year === undefined ? undefined : new Date(`${year}-${month}-${day}T00:00:00Z`);
}

/** Writes batches of the message log. */
import { DatabaseError, type Pool } from 'pg';
import { batchOf, type MessageBatch } from './message-batch';
import { makePartitions } from './message-partitions';
import { type Cells, INSERT, INSERT_AGAIN } from './message-rows';

/**
 * Writes a batch. A missing partition is made; rows that PostgreSQL refuses for what is in them (a NUL in an
 * id) are found by halving and left out, so that they cannot hold up all others.
 *
 * @returns how many rows were refused
 * @throws when the database cannot be reached; the batch may then be written again
 */
export async function writeMessages(pool: Pool, batch: MessageBatch): Promise<number> {
  try {
    await insert(pool, batch);
    return 0;
  } catch (error) {
    if (!isDataError(error)) throw error;
    return batch.count === 1 ? 1 : writeHalves(pool, batch.cells);
  }
}

async function writeHalves(pool: Pool, cells: readonly Cells[]): Promise<number> {
  const middle = cells.length >> 1;
  const refused = await writeMessages(pool, batchOf(cells.slice(0, middle)));
  return refused + (await writeMessages(pool, batchOf(cells.slice(middle))));
}

async function insert(pool: Pool, batch: MessageBatch): Promise<void> {
  const values = [batch.parameter];
  try {
    await pool.query({ name: 'message-log', text: INSERT, values });
  } catch (error) {
    if (isMissingPartition(error)) await makePartitionsFor(pool, batch);
    else if (!isThereAlready(error)) throw error;
    await pool.query({ name: 'message-log-again', text: INSERT_AGAIN, values });
  }
}

function makePartitionsFor(pool: Pool, { cells }: MessageBatch): Promise<void> {
  return makePartitions(
    pool,
    cells.map(([, at]) => new Date(at)),
  );
}

/** Rows have ids of their own: only a batch that was written before, and whose answer was lost, can be there. */
function isThereAlready(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}

/** The table has no check constraints of its own: 23514 can only be "no partition of relation found for row". */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514';
}

/** SQLSTATE class 22 is "data exception", 23 "integrity constraint violation". */
function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}

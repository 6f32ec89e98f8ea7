/** Writes batches of the message log. */
import { finished } from 'node:stream/promises';
import { DatabaseError, type Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type CopyBytes } from './copy-bytes';
import { makePartitions } from './message-partitions';
import { COPY, momentsOf } from './message-rows';

/**
 * Writes a batch, all of it or nothing. A missing partition is made; rows that PostgreSQL refuses for what is in them
 * (a NUL in an id) are found by halving and left out, so that they cannot hold up all others.
 *
 * @returns how many rows were refused
 * @throws when the database cannot be reached; the batch may then be written again
 */
export async function writeMessages(pool: Pool, batch: CopyBytes): Promise<number> {
  try {
    await copyIntoPartitions(pool, batch);
    return 0;
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (batch.rows > 1) return writeHalves(pool, batch);
    return isThereAlready(error) ? 0 : 1;
  }
}

async function writeHalves(pool: Pool, batch: CopyBytes): Promise<number> {
  const middle = batch.rows >> 1;
  const refused = await writeMessages(pool, batch.slice(0, middle));
  return refused + (await writeMessages(pool, batch.slice(middle, batch.rows)));
}

async function copyIntoPartitions(pool: Pool, batch: CopyBytes): Promise<void> {
  try {
    await copy(pool, batch);
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await makePartitions(pool, momentsOf(batch));
    await copy(pool, batch);
  }
}

async function copy(pool: Pool, batch: CopyBytes): Promise<void> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await finished(client.query(copyFrom(COPY)).end(batch.whole));
  } catch (error) {
    fault = error as Error;
    throw error;
  } finally {
    client.release(fault); // after a fault nobody knows how much of the batch is still on its way
  }
}

/** Rows have ids of their own: only a batch that was written before, and whose answer was lost, can be there. */
function isThereAlready(error: DatabaseError): boolean {
  return error.code === '23505';
}

/** The table has no check constraints of its own: 23514 can only be "no partition of relation found for row". */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514';
}

/** SQLSTATE class 22 is "data exception", 23 "integrity constraint violation". */
function isDataError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}

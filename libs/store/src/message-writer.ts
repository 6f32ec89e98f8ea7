/** Writes batches of the message log. */
import { randomUUID } from 'node:crypto';
import { type MessageRow } from '@app/hub';
import { DatabaseError, type Pool } from 'pg';
import { type MessageBatch } from './message-batch';
import { makePartitions } from './message-partitions';

/** Column, its type, what a row has for it. The id is made with the text, so that it stays however often it is written. */
const COLUMNS = [
  ['id', 'uuid', () => randomUUID()],
  ['at', 'timestamptz', (row) => row.at.getTime()],
  ['correlation_id', 'text', (row) => row.correlationId],
  ['request_id', 'text', (row) => row.requestId],
  ['onward_request_id', 'text', (row) => row.onwardRequestId],
  ['parent_correlation_id', 'text', (row) => row.parentCorrelationId],
  ['parent_request_id', 'text', (row) => row.parentRequestId],
  ['ids_made', 'boolean', (row) => row.idsMade],
  ['scenario', 'text', (row) => row.scenario],
  ['version', 'text', (row) => row.version],
  ['module', 'text', (row) => row.module],
  ['interface_role', 'text', (row) => row.interfaceRole],
  ['method', 'text', (row) => row.method],
  ['from_platform_id', 'uuid', (row) => row.fromPlatformId],
  ['to_platform_id', 'uuid', (row) => row.toPlatformId],
  ['from_party', 'text', (row) => row.from],
  ['to_party', 'text', (row) => row.to],
  ['http_status', 'integer', (row) => row.httpStatus],
  ['ocpi_status', 'integer', (row) => row.ocpiStatus],
  ['duration_ms', 'double precision', (row) => row.durationMs],
  ['request_bytes', 'integer', (row) => row.requestBytes],
  ['answer_bytes', 'integer', (row) => row.answerBytes],
  ['error', 'text', (row) => row.error],
] as const satisfies readonly (readonly [string, string, (row: MessageRow) => unknown])[];

/** A row as it waits for its batch: a JSON array in the order of the columns. */
export function rowJson(row: MessageRow): string {
  return JSON.stringify(COLUMNS.map(([, , valueOf]) => valueOf(row)));
}

/**
 * The whole batch is one `jsonb` parameter, an array of arrays. For a row it costs this process a quarter of what one
 * object for each row costs, and PostgreSQL two thirds: no name is written or read.
 *
 * `ON CONFLICT`: a batch whose answer was lost is written again, and may be there already.
 */
const INSERT = `
  INSERT INTO messages (${COLUMNS.map(([column]) => column).join(', ')})
  SELECT ${COLUMNS.map(([, type], index) => cell(type, `row->>${index}`)).join(', ')}
  FROM jsonb_array_elements($1::jsonb) AS row
  ON CONFLICT DO NOTHING`;

function cell(type: string, text: string): string {
  return type === 'timestamptz' ? `to_timestamp((${text})::double precision / 1000)` : `(${text})::${type}`;
}

/**
 * Writes the rows of a batch. A missing partition is made; rows that PostgreSQL refuses for what is in them (a NUL in
 * an id) are found by halving and left out, so that they cannot hold up all others.
 *
 * @returns how many rows were refused
 * @throws when the database cannot be reached; the batch may then be written again
 */
export async function writeMessages(
  pool: Pool,
  batch: MessageBatch,
  from = 0,
  to = batch.size,
): Promise<number> {
  try {
    await insert(pool, batch.parameter(from, to));
    return 0;
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (to - from === 1) return 1;
    const middle = (from + to) >> 1;
    return (await writeMessages(pool, batch, from, middle)) + (await writeMessages(pool, batch, middle, to));
  }
}

async function insert(pool: Pool, rows: Buffer): Promise<void> {
  const query = { name: 'message-log', text: INSERT, values: [rows] };
  try {
    await pool.query(query);
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await makePartitions(pool, momentsOf(rows));
    await pool.query(query);
  }
}

const AT = COLUMNS.findIndex(([column]) => column === 'at');

function momentsOf(parameter: Buffer): readonly Date[] {
  const rows = JSON.parse(parameter.subarray(1).toString()) as readonly (readonly unknown[])[];
  return rows.map((row) => new Date(Number(row[AT])));
}

/** The table has no check constraints of its own: 23514 can only be "no partition of relation found for row". */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514';
}

/** SQLSTATE class 22 is "data exception", 23 "integrity constraint violation". */
function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}

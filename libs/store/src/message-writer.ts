/** Writes batches of the message log. */
import { randomUUID } from 'node:crypto';
import { type MessageRow } from '@app/hub';
import { DatabaseError, type Pool } from 'pg';
import { makePartitions } from './message-partitions';

/** A row with the id that it is written under, however often that is tried. */
export type IdentifiedRow = MessageRow & { readonly id: string };

/** Column, its type, what a row has for it. */
const COLUMNS = [
  ['id', 'uuid', (row) => row.id],
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
] as const satisfies readonly (readonly [string, string, (row: IdentifiedRow) => unknown])[];

/** Gives a row its id. */
export function identified(row: MessageRow): IdentifiedRow {
  return { ...row, id: randomUUID() };
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
 * Writes a batch. A missing partition is made; rows that PostgreSQL refuses for what is in them (a NUL in an
 * id) are found by halving and left out, so that they cannot hold up all others.
 *
 * @returns how many rows were refused
 * @throws when the database cannot be reached; the batch may then be written again
 */
export async function writeMessages(pool: Pool, rows: readonly IdentifiedRow[]): Promise<number> {
  try {
    await insert(pool, rows);
    return 0;
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (rows.length === 1) return 1;
    const middle = rows.length >> 1;
    return (
      (await writeMessages(pool, rows.slice(0, middle))) + (await writeMessages(pool, rows.slice(middle)))
    );
  }
}

async function insert(pool: Pool, rows: readonly IdentifiedRow[]): Promise<void> {
  const query = { name: 'message-log', text: INSERT, values: [JSON.stringify(rows.map(cellsOf))] };
  try {
    await pool.query(query);
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await makePartitions(
      pool,
      rows.map((row) => row.at),
    );
    await pool.query(query);
  }
}

function cellsOf(row: IdentifiedRow): readonly unknown[] {
  return COLUMNS.map((column) => column[2](row));
}

/** The table has no check constraints of its own: 23514 can only be "no partition of relation found for row". */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514';
}

/** SQLSTATE class 22 is "data exception", 23 "integrity constraint violation". */
function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}

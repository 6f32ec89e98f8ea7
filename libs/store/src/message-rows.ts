/** Rows of the message log as PostgreSQL takes them. */
import { randomUUID } from 'node:crypto';
import { type MessageRow } from '@app/hub';
import { type CopyBytes, readTimestamp } from './copy-bytes';

/** In the order in which `writeRow` writes them; `momentsOf` reads the first again. */
const COLUMNS = [
  'at',
  'id',
  'correlation_id',
  'request_id',
  'onward_request_id',
  'parent_correlation_id',
  'parent_request_id',
  'ids_made',
  'scenario',
  'version',
  'module',
  'interface_role',
  'method',
  'from_platform_id',
  'to_platform_id',
  'from_party',
  'to_party',
  'http_status',
  'ocpi_status',
  'duration_ms',
  'request_bytes',
  'answer_bytes',
  'error',
  'claimed_from',
  'reason',
  'note',
  'path',
];

/**
 * Takes rows from a stream of `CopyBytes`. For a row it costs PostgreSQL two thirds of what an INSERT of many rows does.
 */
export const COPY = `COPY messages (${COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`;

/** Writes a row and gives it its id: however often it is sent from here on, it is the same row. */
export function writeRow(bytes: CopyBytes, row: MessageRow): void {
  bytes.row(COLUMNS.length);
  bytes.timestamp(row.at);
  bytes.uuid(randomUUID());
  bytes.text(row.correlationId);
  bytes.text(row.requestId);
  bytes.text(row.onwardRequestId);
  bytes.text(row.parentCorrelationId);
  bytes.text(row.parentRequestId);
  bytes.boolean(row.idsMade);
  bytes.text(row.scenario);
  bytes.text(row.version);
  bytes.text(row.module);
  bytes.text(row.interfaceRole);
  bytes.text(row.method);
  bytes.uuid(row.fromPlatformId);
  bytes.uuid(row.toPlatformId);
  bytes.text(row.from);
  bytes.text(row.to);
  bytes.integer(row.httpStatus);
  bytes.integer(row.ocpiStatus);
  bytes.double(row.durationMs);
  bytes.integer(row.requestBytes);
  bytes.integer(row.answerBytes);
  bytes.text(row.error);
  bytes.text(row.claimedFrom);
  bytes.text(row.reason);
  bytes.text(row.note);
  bytes.text(row.path);
}

/** The moments of rows that were written: those that need a partition. */
export function momentsOf(bytes: CopyBytes): Date[] {
  return Array.from({ length: bytes.rows }, (_, row) => readTimestamp(bytes.cellsOf(row)));
}

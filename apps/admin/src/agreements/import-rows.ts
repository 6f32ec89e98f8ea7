import { parseSide } from '@app/hub';
import { CsvError, parse } from 'csv-parse/sync';
import { invalid, Problem } from '../problem';
import { toBoolean } from '../rules';

/** As many as fit into a body of this API in either form, and into one transaction. */
const MAX_ROWS = 10_000;
/** Longer than any row whose fields keep their limits, in characters. */
const MAX_CSV_ROW_LENGTH = 8_000;
const NEEDED = ['from', 'to', 'modules', 'effect'];
const COLUMNS = [...NEEDED, 'both_ways', 'valid_from', 'valid_until', 'note'];

type CsvRow = Readonly<Record<string, string>>;

/** A row in the form of JSON, not yet checked. */
export interface GivenRow {
  /** Which one, from 1; a header is none. */
  readonly row: number;
  /** Of CSV: the line on which it ends. */
  readonly line?: number;
  readonly given: unknown;
}

/**
 * The rows of an import: a JSON array, or CSV with a header.
 *
 * @param body what the HTTP server made of the body: bytes for CSV
 * @throws Problem `invalid_input` when it is neither, or has too many rows
 */
export function importRows(body: unknown): readonly GivenRow[] {
  const rows = Buffer.isBuffer(body) ? csvRows(body) : jsonRows(body);
  if (rows.length > MAX_ROWS) throw invalid('body', `body must have at most ${MAX_ROWS} agreements`);
  return rows;
}

function jsonRows(body: unknown): GivenRow[] {
  if (!Array.isArray(body)) throw invalid('body', 'body must be a JSON array of agreements, or CSV');
  return body.map((given: unknown, at) => ({ row: at + 1, given }));
}

/** Line breaks are made one kind first: the parser counts those of another kind than the first one twice. */
function csvRows(body: Buffer): GivenRow[] {
  const text = body.toString().replace(/\r\n?/g, '\n');
  if (text.trim() === '') throw invalid('body', 'body must be CSV with a header, and is empty');
  try {
    const rows = parse(text, {
      columns: checkedHeader,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      max_record_size: MAX_CSV_ROW_LENGTH,
      info: true,
    }) as unknown as { record: CsvRow; info: { lines: number } }[];
    return rows.map(({ record, info }, at) => ({ row: at + 1, line: info.lines, given: asJson(record) }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new Problem('invalid_input', [{ field: 'body', message: `CSV: ${cause.message}` }], { cause });
  }
}

function checkedHeader(header: string[]): string[] {
  const names = header.map((name) => name.toLowerCase());
  const missing = NEEDED.filter((name) => !names.includes(name));
  const unknown = names.filter((name, at) => !COLUMNS.includes(name) || names.indexOf(name) !== at);
  if (missing.length === 0 && unknown.length === 0) return names;
  const wrong = missing.length > 0 ? `lacks ${missing.join(', ')}` : `has ${unknown.join(', ')}`;
  throw invalid('body', `the CSV header ${wrong}; its columns are ${COLUMNS.join(', ')}`);
}

/** An empty cell is a field that was left out; a cell that cannot be read stays as it is, to be refused. */
function asJson(row: CsvRow): object {
  const given = Object.entries(row).filter(([, cell]) => cell !== '');
  return Object.fromEntries(given.map(([name, cell]) => [name, CELLS[name]?.(cell) ?? cell]));
}

const CELLS: Readonly<Record<string, (cell: string) => unknown>> = {
  from: sideCell,
  to: sideCell,
  modules: (cell) => cell.split(/[\s;]+/).filter((module) => module !== ''),
  both_ways: (cell) => toBoolean({ value: cell.toLowerCase() }),
};

function sideCell(cell: string): unknown {
  const side = parseSide(cell);
  if (side === undefined || side === '*') return side;
  const { countryCode: country_code, partyId: party_id, role } = side;
  return { country_code, party_id, ...(role && { role }) };
}

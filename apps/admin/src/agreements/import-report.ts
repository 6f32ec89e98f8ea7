import { type ImportOutcome } from '@app/hub';
import { type AgreementRow, type CheckedImport, type FaultyRow, type Place } from './import-check';
import { type ImportReportView, type ImportRowView, MAX_LISTED_ROWS, MAX_ROW_FAULTS } from './import-view';

type Outcome = ImportRowView['outcome'];

/**
 * What an import does, or would do, row by row.
 *
 * @param outcomes of the readable rows, in their order
 */
export function importReport(
  dryRun: boolean,
  { readable, faulty }: CheckedImport,
  outcomes: readonly ImportOutcome[],
): ImportReportView {
  const decided = outcomes.map((outcome, at) => decidedRow(outcome, readable, at));
  const count = (outcome: Outcome): number => decided.filter((row) => row.outcome === outcome).length;
  const all = [...faulty.map(faultyRow), ...decided];
  return {
    ...{ dry_run: dryRun, added: count('add'), unchanged: count('unchanged') },
    ...{ duplicates: count('duplicate'), faulty: faulty.length },
    rows: all.slice(0, MAX_LISTED_ROWS).sort((one, other) => one.row - other.row),
    rows_left_out: Math.max(0, all.length - MAX_LISTED_ROWS),
  };
}

function decidedRow(result: ImportOutcome, readable: readonly AgreementRow[], at: number): ImportRowView {
  const row = { ...placeView(readable[at]!), outcome: result.outcome };
  if (result.outcome === 'duplicate') return { ...row, same_as_row: readable[result.earlier]!.row };
  return { ...row, ...(result.id !== null && { id: result.id }) };
}

function faultyRow({ faults, ...place }: FaultyRow): ImportRowView {
  return { ...placeView(place), outcome: 'fault', faults: faults.slice(0, MAX_ROW_FAULTS) };
}

function placeView({ row, line }: Place): Place {
  return { row, ...(line !== undefined && { line }) };
}

import { type NewAgreement } from '@app/hub';
import { Problem } from '../problem';
import { InputPipe } from '../validation';
import { AgreementInput, newAgreement } from './agreement-input';
import { type ImportFaultView } from './agreement-view';

/** More faults than this are not told; the first ones are enough to go on with. */
const MAX_FAULTS = 100;

/** What an import asks for, and what is wrong with it. */
export interface CheckedImport {
  readonly agreements: readonly NewAgreement[];
  readonly faults: ImportFaultView[];
}

const pipe = new InputPipe();

/** Holds each row to the rules of a single agreement. */
export async function checkImport(rows: readonly unknown[]): Promise<CheckedImport> {
  const agreements: NewAgreement[] = [];
  const faults: ImportFaultView[] = [];
  for (const [index, row] of rows.entries()) {
    const checked = await checkRow(row);
    if (checked instanceof Problem) faults.push(...faultsOf(checked, index + 1));
    else agreements.push(checked);
  }
  return { agreements, faults: faults.slice(0, MAX_FAULTS) };
}

async function checkRow(row: unknown): Promise<NewAgreement | Problem> {
  try {
    return newAgreement((await pipe.transform(row, INPUT)) as AgreementInput);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

const INPUT = { type: 'body', metatype: AgreementInput } as const;

function faultsOf(problem: Problem, row: number): ImportFaultView[] {
  return problem.details.map(({ field, message }) => ({ row, field, message }));
}

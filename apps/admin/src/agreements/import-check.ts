import { type NewAgreement } from '@app/hub';
import { type DetailView, Problem } from '../problem';
import { InputPipe } from '../validation';
import { AgreementInput, newAgreement } from './agreement-input';
import { type GivenRow } from './import-rows';

/** Where something stands in an import: which agreement from 1, and the line where the form has lines. */
export type Place = Omit<GivenRow, 'given'>;

export interface AgreementRow extends Place {
  readonly agreement: NewAgreement;
}

export interface FaultyRow extends Place {
  readonly faults: readonly DetailView[];
}

/** What an import asks for, and what is wrong with it. */
export interface CheckedImport {
  readonly readable: readonly AgreementRow[];
  readonly faulty: readonly FaultyRow[];
}

const pipe = new InputPipe();
const INPUT = { type: 'body', metatype: AgreementInput } as const;

/** Holds each row to the rules of a single agreement. */
export async function checkImport(rows: readonly GivenRow[]): Promise<CheckedImport> {
  const readable: AgreementRow[] = [];
  const faulty: FaultyRow[] = [];
  for (const { given, ...place } of rows) {
    const checked = await checkRow(given);
    if (checked instanceof Problem) faulty.push({ ...place, faults: checked.details });
    else readable.push({ ...place, agreement: checked });
  }
  return { readable, faulty };
}

async function checkRow(row: unknown): Promise<NewAgreement | Problem> {
  try {
    return newAgreement((await pipe.transform(row, INPUT)) as AgreementInput);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

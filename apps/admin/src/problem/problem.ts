import { type ProblemCode, type ProblemRow, PROBLEMS } from './problem-rows';
import { type DetailView, type ProblemView } from './problem-view';

/** A refusal on its way to the operator. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly details: readonly DetailView[] = [],
    options?: ErrorOptions & { readonly message?: string },
  ) {
    super(options?.message ?? PROBLEMS[code].message, options);
  }

  /** It was refused before anything was done, as opposed to an error of the hub's own. */
  get isRefusal(): boolean {
    return PROBLEMS[this.code].status < 500;
  }

  /** When the same call has a chance, in s. */
  get retryAfterSeconds(): number | undefined {
    const row: ProblemRow = PROBLEMS[this.code];
    return row.retryAfterSeconds;
  }

  /** What goes on the wire; `cause` stays inside. */
  view(): ProblemView {
    const { code, message, details } = this;
    return { status: PROBLEMS[code].status, code, message, ...(details.length > 0 && { details }) };
  }
}

/** A 400 that names one field. */
export function invalid(field: string, message: string): Problem {
  return new Problem('invalid_input', [{ field, message }]);
}

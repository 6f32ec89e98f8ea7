/** What the table of calls is made of. */
import { type ApiRole } from '@app/hub';
import { type World } from './world';

/** An id that nothing has. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What a call is sent with, beside what its operation says of it. */
export interface Sent {
  /** Values of the parameters in its path. */
  readonly path?: Readonly<Record<string, string>>;
  /** Without the question mark. */
  readonly query?: string;
  /** An object goes as JSON, a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Made anew for each call, with what must be there for it. */
export type Prepared = (world: World) => Sent | Promise<Sent>;

/** A call that is refused. */
export interface Bad {
  readonly sent: Prepared;
  /** `code` of the refusal. */
  readonly code: string;
  /** What `details` names; nothing when left out. */
  readonly fields?: readonly string[];
}

/** One operation: at least one call that must succeed, and at least one that must be refused. */
export interface Row {
  /** By what is special about each; the first one stands for all where one will do. */
  readonly good: Readonly<Record<string, Prepared>>;
  /** By what is wrong with each. What is wrong in the same way everywhere is tried on every operation anyhow. */
  readonly bad: Readonly<Record<string, Bad>>;
  /** The least role that may call it, where its method does not say it: a GET is a viewer's, all else an operator's. */
  readonly role?: ApiRole;
  /** A GET that is in the audit log all the same. */
  readonly isAuditedRead?: true;
}

/** Rows by operationId. */
export type Rows = Readonly<Record<string, Row>>;

/** A refusal of the input that names fields. */
export function invalid(sent: Sent, ...fields: readonly string[]): Bad {
  return { sent: () => sent, code: 'invalid_input', fields };
}

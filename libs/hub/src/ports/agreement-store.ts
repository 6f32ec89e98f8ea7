/**
 * PORT: the record of agreements.
 *
 * The adapter is `libs/store` (PostgreSQL); every write is one transaction and is announced to all processes,
 * whose `Directory` then follows. An agreement is never changed: it is withdrawn and a new one is made.
 */
import { type PartyKey } from '@app/ocpi';
import { type Agreement } from '../agreement';
import { type Once, type Repetition } from './once';
import { type Page, type PageRequest } from './platform-store';

export type NewAgreement = Omit<Agreement, 'id'>;

export type AgreementOutcome =
  | { readonly outcome: 'done'; readonly agreement: Agreement }
  /** One that says the same is there already (see `agreementKey`); nothing was made. */
  | { readonly outcome: 'agreement_exists'; readonly id: string };

export interface AgreementFilter {
  /** Those that name this pair on either side. */
  readonly party?: PartyKey;
}

/** How many of the agreements of an import are (or would be) made, and how many say what is there already. */
export interface ImportCount {
  readonly added: number;
  readonly unchanged: number;
}

export interface AgreementStore {
  create(agreement: NewAgreement, now: Date): Promise<AgreementOutcome>;
  createOnce(
    once: Once<AgreementOutcome>,
    agreement: NewAgreement,
    now: Date,
  ): Promise<AgreementOutcome | Repetition>;
  /** In the order of their creation. @throws InvalidCursor */
  list(filter: AgreementFilter, page: PageRequest): Promise<Page<Agreement>>;
  find(id: string): Promise<Agreement | undefined>;
  /** False when there is none. */
  remove(id: string): Promise<boolean>;
  /** Everything, for a Directory. */
  loadAll(): Promise<readonly Agreement[]>;
  /** Makes those that are not there yet, all of them or none. */
  importAll(agreements: readonly NewAgreement[], now: Date): Promise<ImportCount>;
  /** What `importAll` would do now. */
  previewImport(agreements: readonly NewAgreement[]): Promise<ImportCount>;
}

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

/** What an import does (or would do) with one agreement of its list. */
export type ImportOutcome =
  /** It was not there; `id` is that of the one that was made, null in a preview. */
  | { readonly outcome: 'add'; readonly id: string | null }
  /** One that says the same was there before. */
  | { readonly outcome: 'unchanged'; readonly id: string }
  /** One that says the same stands earlier in the list, at this position from 0: that one decides. */
  | { readonly outcome: 'duplicate'; readonly earlier: number };

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
  /** Makes those that are not there yet, all of them or none, and tells of each, in their order. */
  importAll(agreements: readonly NewAgreement[], now: Date): Promise<readonly ImportOutcome[]>;
  /** What `importAll` would do now. */
  previewImport(agreements: readonly NewAgreement[]): Promise<readonly ImportOutcome[]>;
}

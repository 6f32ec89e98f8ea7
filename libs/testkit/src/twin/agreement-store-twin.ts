/** In-memory twin of the port `AgreementStore`. */
import { randomUUID } from 'node:crypto';
import {
  type Agreement,
  type AgreementFilter,
  agreementKey,
  type AgreementOutcome,
  type AgreementStore,
  type ImportOutcome,
  names,
  type NewAgreement,
  type Once,
  type Page,
  type PageRequest,
  type Repetition,
} from '@app/hub';
import { OnceTwin } from './once-twin';
import { pageAfter } from './page';

interface Kept {
  readonly agreement: Agreement;
  readonly madeAt: Date;
}

export class AgreementStoreTwin implements AgreementStore {
  private readonly kept = new Map<string, Kept>();
  private readonly listeners = new Set<(agreements: readonly Agreement[]) => void>();
  private readonly once = new OnceTwin();

  /** Tells a listener all agreements now, and after every change. */
  tell(listener: (agreements: readonly Agreement[]) => void): void {
    this.listeners.add(listener);
    listener(this.all());
  }

  async create(agreement: NewAgreement, madeAt: Date): Promise<AgreementOutcome> {
    return this.make(agreement, madeAt);
  }

  private make(agreement: NewAgreement, madeAt: Date): AgreementOutcome {
    const key = agreementKey(agreement);
    const there = this.kept.get(key);
    if (there !== undefined) return { outcome: 'agreement_exists', id: there.agreement.id };
    const made = { ...agreement, id: randomUUID() };
    this.kept.set(key, { agreement: made, madeAt });
    this.announce();
    return { outcome: 'done', agreement: made };
  }

  createOnce(
    once: Once<AgreementOutcome>,
    agreement: NewAgreement,
    now: Date,
  ): Promise<AgreementOutcome | Repetition> {
    return this.once.run(once, now, () => this.create(agreement, now));
  }

  async list({ party }: AgreementFilter, page: PageRequest): Promise<Page<Agreement>> {
    const shown = [...this.kept.values()].filter(
      ({ agreement }) => party === undefined || names(agreement.from, party) || names(agreement.to, party),
    );
    const found = pageAfter(
      shown,
      page,
      ({ madeAt, agreement }) => `${madeAt.toISOString()} ${agreement.id}`,
    );
    return { ...found, data: found.data.map(({ agreement }) => agreement) };
  }

  async find(id: string): Promise<Agreement | undefined> {
    return this.all().find((agreement) => agreement.id === id);
  }

  async remove(id: string): Promise<boolean> {
    const agreement = await this.find(id);
    if (agreement === undefined) return false;
    this.kept.delete(agreementKey(agreement));
    this.announce();
    return true;
  }

  async loadAll(): Promise<readonly Agreement[]> {
    return this.all();
  }

  async importAll(agreements: readonly NewAgreement[], now: Date): Promise<readonly ImportOutcome[]> {
    const outcomes = this.decide(agreements);
    for (const agreement of agreements) this.make(agreement, now);
    return outcomes.map((one, at) =>
      one.outcome === 'add' ? { ...one, id: this.idOf(agreements[at]!) } : one,
    );
  }

  async previewImport(agreements: readonly NewAgreement[]): Promise<readonly ImportOutcome[]> {
    return this.decide(agreements);
  }

  private decide(agreements: readonly NewAgreement[]): readonly ImportOutcome[] {
    const keys = agreements.map(agreementKey);
    return agreements.map((agreement, at): ImportOutcome => {
      const earlier = keys.indexOf(keys[at]!);
      if (earlier < at) return { outcome: 'duplicate', earlier };
      const id = this.idOf(agreement);
      return id === null ? { outcome: 'add', id } : { outcome: 'unchanged', id };
    });
  }

  private idOf(agreement: NewAgreement): string | null {
    return this.kept.get(agreementKey(agreement))?.agreement.id ?? null;
  }

  private all(): Agreement[] {
    return [...this.kept.values()].map(({ agreement }) => agreement);
  }

  private announce(): void {
    for (const listener of this.listeners) listener(this.all());
  }
}

import { type Once, type Repetition } from '@app/hub';

interface Kept {
  readonly request: string;
  readonly answer: string;
  readonly expiresAt: Date;
}

/** Creations that are done once, one after the other. */
export class OnceTwin {
  private readonly kept = new Map<string, Kept>();
  private last: Promise<unknown> = Promise.resolve();

  run<Outcome>(once: Once<Outcome>, now: Date, work: () => Promise<Outcome>): Promise<Outcome | Repetition> {
    const next = this.last.then(() => this.runNow(once, now, work));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async runNow<Outcome>(
    once: Once<Outcome>,
    now: Date,
    work: () => Promise<Outcome>,
  ): Promise<Outcome | Repetition> {
    const { key, request, expiresAt } = once;
    const earlier = this.kept.get(key);
    if (earlier !== undefined && earlier.expiresAt > now) {
      if (earlier.request !== request) return { outcome: 'key_reused' };
      return { outcome: 'repeated', answer: earlier.answer };
    }
    const outcome = await work();
    const answer = once.answer(outcome);
    if (answer !== undefined) this.kept.set(key, { request, answer, expiresAt });
    return outcome;
  }
}

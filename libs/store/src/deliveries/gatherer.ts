/** Questions that many ask at the same time become one statement. */

interface Asked<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

export interface GathererLimits {
  /** Questions of one statement. */
  readonly batch: number;
  /** Statements at a time. */
  readonly lanes: number;
  /** For how long a question may wait for company, in ms; without it, for none. */
  readonly gatherMs?: number;
}

/**
 * Gathers what is asked while the statements before are under way, and then asks it all at once: the more there is to
 * do, the less each costs.
 */
export class Gatherer<Q, A> {
  private waiting: Asked<Q, A>[] = [];
  private running = 0;

  /** @param answer gives one answer for each question, in their order */
  constructor(
    private readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>,
    private readonly limits: GathererLimits,
  ) {}

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (this.waiting.length === 1) this.startSoon();
      else if (this.waiting.length === this.limits.batch) this.start();
    });
  }

  private startSoon(): void {
    const { gatherMs } = this.limits;
    // At the end of this turn of the event loop at the earliest: what came in with one packet goes out in one statement.
    if (gatherMs === undefined) setImmediate(() => this.start());
    else setTimeout(() => this.start(), gatherMs);
  }

  private start(): void {
    while (this.waiting.length > 0 && this.running < this.limits.lanes) {
      this.running += 1;
      void this.run(this.waiting.splice(0, this.limits.batch));
    }
  }

  private async run(asked: readonly Asked<Q, A>[]): Promise<void> {
    try {
      const answers = await this.answer(asked.map(({ question }) => question));
      asked.forEach(({ resolve }, at) => resolve(answers[at]!));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.running -= 1;
      this.start();
    }
  }
}

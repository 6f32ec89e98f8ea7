/** The requests a second that all routers let through together: told and learned beside the way of the requests. */
import { type Accounts, type Log, type SharedBudget } from '@app/hub';
import { type Metrics } from '@app/runtime';

/** A router is so far behind what the others let through, in ms: an eighth of the burst that is allowed anyway. */
const SETTLE_EVERY_MS = 250;
/** Reports that fail one after the other before somebody is told: a connection that is lost is back by then. */
const TELL_AFTER_FAILURES = 8;

export class SharedRates {
  private ended = false;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private settling: Promise<void> = Promise.resolve();

  constructor(
    private readonly accounts: Accounts,
    private readonly budget: SharedBudget,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const isShared = (): number => (this.failures === 0 ? 1 : 0);
    metrics.gauge({
      name: 'hub_rates_shared',
      help: 'Whether this router counts the requests of a platform together with the others (1) or alone (0)',
      collect() {
        this.set(isShared());
      },
    });
    this.plan();
  }

  async close(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.settling;
    await this.budget.close();
  }

  private plan(): void {
    if (this.ended) return;
    this.timer = setTimeout(() => {
      this.settling = this.settle();
    }, SETTLE_EVERY_MS);
    this.timer.unref();
  }

  private async settle(): Promise<void> {
    try {
      await this.accounts.settle(this.budget);
      if (this.failures >= TELL_AFTER_FAILURES)
        this.log.info({}, 'rates are shared with the other routers again');
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      if (this.failures === TELL_AFTER_FAILURES) {
        this.log.warn({ error: String(error) }, 'Redis is away; this router counts requests a second alone');
      }
    }
    this.plan();
  }
}

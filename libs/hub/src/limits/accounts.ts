import { type SharedBudget } from '../ports';
import { Account } from './account';
import { type Rate } from './token-bucket';

/** Accounts of one report: one round trip of a few hundred µs. */
const REPORTED_AT_ONCE = 1_000;

/** The accounts of the platforms that call this process: never more than the operator let in. */
export class Accounts {
  private readonly byPlatform = new Map<string, Account>();
  private active = new Set<Account>();

  /** @param now a clock in ms that never goes back */
  constructor(
    private readonly rate: Rate,
    private readonly now: () => number,
  ) {}

  of(platformId: string): Account {
    const known = this.byPlatform.get(platformId);
    if (known) return known;
    const account = new Account(platformId, this.rate, this.now());
    this.byPlatform.set(platformId, account);
    return account;
  }

  /** Takes one of the requests that a platform may send now. @throws HubError `too_many_requests` */
  spend(account: Account): void {
    this.active.add(account);
    account.spend(this.now());
  }

  /**
   * Tells the others what was spent here since the last time, and learns what is left of what all of them share.
   *
   * @throws whatever the shared budget throws: what was spent then counts here alone
   */
  async settle(budget: SharedBudget): Promise<void> {
    const active = [...this.active];
    this.active = new Set();
    for (let at = 0; at < active.length; at += REPORTED_AT_ONCE) {
      const some = active.slice(at, at + REPORTED_AT_ONCE);
      const left = await budget.spend(
        some.map((account) => ({ name: account.name, spent: account.bucket.report() })),
      );
      some.forEach((account, n) => account.bucket.agree(left[n] ?? 0, this.now()));
    }
  }
}

/**
 * PORT: what several processes let through together.
 *
 * The adapter is `libs/budget`. A process without one, or with one that is away, counts alone.
 */

/** What was spent in the name of somebody. */
export interface Spending {
  readonly name: string;
  readonly spent: number;
}

export interface SharedBudget {
  /**
   * Takes spendings off the buckets that all processes share.
   *
   * @returns what is left in each bucket, in their order; less than nothing when more was spent than there was
   * @throws when it cannot be reached in time
   */
  spend(spendings: readonly Spending[]): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** PORT: a mutex per name, across all processes. */
export interface Turns {
  /**
   * Does the work while no other process does work under this name. What it answers or throws is passed on.
   *
   * @param work is given `stillMine`, which it awaits right before it changes anything: it throws `StoreUnavailable`
   *   when the lock was lost meanwhile
   * @throws StoreUnavailable when the lock cannot be had; nothing was done then
   */
  inTurn<T>(name: string, work: (stillMine: () => Promise<void>) => Promise<T>): Promise<T>;
}

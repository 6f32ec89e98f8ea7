/** Why the database cannot be used: no answer, no writes, no room, or not within the time of a statement. */
export type UnavailableReason = 'away' | 'read_only' | 'full' | 'too_slow';

/**
 * What every port of the store throws while its database cannot do what is asked. Nothing is wrong with the request:
 * the same one succeeds when the database is back. It may have been done all the same, where the answer was lost.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(
    readonly reason: UnavailableReason,
    options?: ErrorOptions,
  ) {
    super(`the database cannot be used: ${reason}`, options);
  }
}

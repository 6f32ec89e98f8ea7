/** Sizes and times of the owner index. */
export interface OwnerLimits {
  /** Rows of the table, about 300 bytes each with their indexes. Those not seen for longest go first. */
  readonly maxRows: number;
  /** Ids in the memory of a process, about 400 bytes each. */
  readonly maxCachedIds: number;
  /** Facts that wait to be written. */
  readonly maxWaiting: number;
  /** Facts gather for so long, in ms. */
  readonly gatherMs: number;
  /** What the table said about an id holds for so long, in ms; then it is asked again. */
  readonly freshMs: number;
}

/** About 600 MB in the database and 40 MB in each router at most. */
export const OWNER_LIMITS: OwnerLimits = {
  maxRows: 2_000_000,
  maxCachedIds: 100_000,
  maxWaiting: 20_000,
  gatherMs: 200,
  freshMs: 2_000,
};

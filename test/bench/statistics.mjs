/** Figures of repeated measurements. */

/** The middle value; of an even number the mean of the middle two. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of `a / b`, taken round by round: what disturbs a machine for a while disturbs both of a round, and
 * drops out of their ratio.
 */
export function medianRatio(a, b) {
  return median(a.map((value, round) => value / b[round]));
}

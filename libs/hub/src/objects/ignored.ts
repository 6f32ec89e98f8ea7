/** Listed objects that the hub does not keep, counted by reason and owner. */
import { type IgnoredObjects } from '../ports';

/** Why one object is not kept. */
export type IgnoredReason = Omit<IgnoredObjects, 'count'>;

/** Reasons and owners that are counted apart; the objects of further owners are counted without their owner. */
const MAX_ROWS = 50;

/** The counts with some more objects. */
export function ignore(
  counts: readonly IgnoredObjects[],
  more: readonly IgnoredReason[],
): readonly IgnoredObjects[] {
  if (more.length === 0) return counts;
  const rows = new Map(counts.map((each) => [keyOf(each), each]));
  for (const each of more) {
    const isKnown = rows.has(keyOf(each)) || rows.size < MAX_ROWS;
    const { reason, owner } = isKnown ? each : { ...each, owner: null };
    const count = (rows.get(keyOf({ reason, owner }))?.count ?? 0) + 1;
    rows.set(keyOf({ reason, owner }), { reason, owner, count });
  }
  return [...rows.values()];
}

function keyOf({ reason, owner }: IgnoredReason): string {
  return `${reason} ${owner}`;
}

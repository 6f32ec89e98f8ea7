/** The lists of a platform as the operator sees them: one for each module, summed up over its parties. */
import { type IgnoredObjects, type SyncState } from '../ports';

/** Worst first: the state of a module is the first one that a party of the platform is in. */
export const PULL_STATES = ['failing', 'incomplete', 'pulling', 'waiting', 'complete'] as const;
export type PullState = (typeof PULL_STATES)[number];

export interface PulledListError {
  readonly code: string;
  readonly reason: string;
  readonly peerSaid: string | null;
}

export interface PulledList {
  readonly module: string;
  readonly state: PullState;
  readonly lastAttemptAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly objects: number;
  readonly ignored: readonly IgnoredObjects[];
  /** Of the newest pull that failed. */
  readonly error: PulledListError | null;
}

/** A list for each module, by name. */
export function pulledLists(states: readonly SyncState[], now: Date): readonly PulledList[] {
  const modules = [...new Set(states.map(({ module }) => module))].sort();
  return modules.map((module) =>
    listOf(
      module,
      states.filter((each) => each.module === module),
      now,
    ),
  );
}

function listOf(module: string, parties: readonly SyncState[], now: Date): PulledList {
  const found = new Set(parties.map((each) => stateOf(each, now)));
  return {
    module,
    state: PULL_STATES.find((state) => found.has(state)) ?? 'waiting',
    lastAttemptAt: newest(parties.map(({ lastAttemptAt }) => lastAttemptAt)),
    lastSuccessAt: newest(parties.map(({ lastSuccessAt }) => lastSuccessAt)),
    objects: parties.reduce((sum, { objects }) => sum + objects, 0),
    ignored: summedUp(parties.flatMap(({ ignored }) => ignored)),
    error: newestError(parties),
  };
}

function stateOf({ failures, shortage, leaseUntil, lastSuccessAt }: SyncState, now: Date): PullState {
  if (failures > 0) return 'failing';
  if (leaseUntil !== null && leaseUntil > now) return 'pulling';
  if (shortage !== null) return 'incomplete';
  return lastSuccessAt === null ? 'waiting' : 'complete';
}

function newest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((latest, at) => (latest === null || (at !== null && at > latest) ? at : latest), null);
}

function summedUp(ignored: readonly IgnoredObjects[]): readonly IgnoredObjects[] {
  const counts = new Map<string, IgnoredObjects>();
  for (const each of ignored) {
    const key = `${each.reason} ${each.owner}`;
    counts.set(key, { ...each, count: each.count + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()];
}

/** The owner stands in the reason: a platform may have many, and one broken list among them. */
function newestError(parties: readonly SyncState[]): PulledListError | null {
  const failing = parties.filter(({ error }) => error !== null);
  const at = newest(failing.map(({ lastAttemptAt }) => lastAttemptAt));
  const last = failing.find(({ lastAttemptAt }) => lastAttemptAt === at) ?? failing[0];
  if (!last?.error) return null;
  return { ...last.error, reason: `${last.owner}: ${last.error.reason}` };
}

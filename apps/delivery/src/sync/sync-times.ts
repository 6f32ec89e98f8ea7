import { type PullLimits } from '@app/hub';

/** When lists are pulled, and how much at a time. */
export interface SyncTimes {
  /** Another look at what is due at least this often, in ms. */
  readonly pollMs: number;
  /** From one pull to the next of the same list, in ms; a fifth more or less, so that not all come at once. */
  readonly periodMs: number;
  /** Wait after the first failure, in ms; doubles from there, a fifth more or less. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Platforms that one worker pulls from at the same time. */
  readonly parallel: number;
  readonly limits: PullLimits;
}

/**
 * Most changes come by push, so a pull every six hours finds what a push did not reach: with 10,000 parties that
 * is one short list every two seconds. The limits are those of one party and module: 100,000 Locations at 100 a
 * page are 1,000 pages. Ten pages a second at most are a load that a platform does not feel; 20,000 of them take 34
 * minutes.
 */
export const SYNC_TIMES: SyncTimes = {
  pollMs: 2_000,
  periodMs: 6 * 3_600_000,
  firstRetryMs: 30_000,
  longestRetryMs: 3_600_000,
  parallel: 4,
  limits: {
    ...{ pages: 20_000, objects: 1_000_000, bytes: 4 * 1024 ** 3, durationMs: 3_600_000 },
    pageIntervalMs: 100,
  },
};

const JITTER = 0.2;

/** A time in ms, a fifth more or less. @param random from 0 to 1 */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (1 - JITTER + 2 * JITTER * random));
}

/** How long to wait after a failure, in ms. @param failures those before it */
export function retryAfter(failures: number, times: SyncTimes, random: number): number {
  return jittered(Math.min(times.firstRetryMs * 2 ** Math.min(failures, 30), times.longestRetryMs), random);
}

import { type CourierOptions } from './options';

/** Limits for tests against 127.0.0.1, small enough to be met. */
export const LIMITS: CourierOptions = {
  userAgent: 'hub-under-test/1.0',
  ownMark: 'mark-of-this-test',
  connectTimeoutMs: 1_000,
  maxAnswerBytes: 1_000_000,
  maxHeldBodyBytes: 16_000_000,
  allowPrivateNetworks: true,
  connectionsPerOrigin: 8,
  maxInFlightPerPlatform: 32,
  idlePoolMs: 60_000,
};

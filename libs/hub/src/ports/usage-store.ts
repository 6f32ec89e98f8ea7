/**
 * PORT: what is kept for each platform, counted as it is written.
 *
 * The adapter is `libs/store` (PostgreSQL).
 */
import { type ObjectKey } from './object-store';

/** What is kept for one platform. */
export interface PlatformUsage {
  /** Objects in the object store, deleted ones left out. */
  readonly objects: number;
  /** Objects, pushes with their bodies, callback URLs: in bytes, with `ROW_BYTES` for each row. */
  readonly bytes: number;
}

export interface UsageStore {
  usageOf(platformId: string): Promise<PlatformUsage>;
  /** How many of these objects the platform has in the object store. */
  countStored(platformId: string, keys: readonly ObjectKey[]): Promise<number>;
}

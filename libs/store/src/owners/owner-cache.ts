import { type PartyKey } from '@app/ocpi';
import { LRUCache } from 'lru-cache';
import { type OwnedRow } from './owner-rows';

/** Who has an id, as far as this process knows. */
export interface CachedOwners {
  /** Party → when it was last written, in ms since 1970; 0: only this process knows. */
  readonly writtenAt: Map<PartyKey, number>;
  /** When the table was last asked, in ms since 1970; 0: never. */
  readAt: number;
}

/** The ids that were used last, bounded; the one not used for longest is forgotten first. */
export class OwnerCache {
  private readonly entries: LRUCache<string, CachedOwners>;

  constructor(maxIds: number) {
    this.entries = new LRUCache({ max: maxIds });
  }

  get size(): number {
    return this.entries.size;
  }

  /** The entry of an id, now the last used one; made when there is none. */
  entry(row: OwnedRow): CachedOwners {
    const key = `${row.kind} ${row.scope} ${row.object_id}`;
    const known = this.entries.get(key);
    if (known) return known;
    const entry = { writtenAt: new Map<PartyKey, number>(), readAt: 0 };
    this.entries.set(key, entry);
    return entry;
  }
}

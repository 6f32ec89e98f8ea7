import { type PartyKey } from '@app/ocpi';
import { LRUCache } from 'lru-cache';
import { type OwnedRow } from './owner-rows';

/** Who has an id, as far as this process knows. */
export interface CachedOwners {
  /** Party → when it was last written, in ms since 1970; 0: only this process knows. */
  readonly writtenAt: Map<PartyKey, number>;
  /** When the table was last asked, in ms since 1970; 0: never. */
  readAt: number;
  /** The cache holds it no more. */
  isForgotten: boolean;
}

/** Owners of an id on average, at most: an id with many takes the room of others. */
const OWNERS_PER_ID = 4;

/** The ids that were used last, bounded with their owners; the one not used for longest is forgotten first. */
export class OwnerCache {
  private readonly entries: LRUCache<string, CachedOwners>;
  private readonly maxOwners: number;
  private owners = 0;

  constructor(maxIds: number) {
    this.maxOwners = maxIds * OWNERS_PER_ID;
    this.entries = new LRUCache({ max: maxIds, dispose: (entry) => this.forgotten(entry) });
  }

  get size(): number {
    return this.entries.size;
  }

  /** The entry of an id, now the last used one; made when there is none. */
  entry(row: OwnedRow): CachedOwners {
    const key = `${row.kind} ${row.scope} ${row.object_id}`;
    const known = this.entries.get(key);
    if (known) return known;
    const entry = { writtenAt: new Map<PartyKey, number>(), readAt: 0, isForgotten: false };
    this.entries.set(key, entry);
    return entry;
  }

  /** Notes when an owner of an id was last written. */
  note(entry: CachedOwners, owner: PartyKey, writtenAt: number): void {
    if (!entry.writtenAt.has(owner) && !entry.isForgotten) this.owners++;
    entry.writtenAt.set(owner, writtenAt);
    while (this.owners > this.maxOwners) this.entries.pop();
  }

  private forgotten(entry: CachedOwners): void {
    entry.isForgotten = true;
    this.owners -= entry.writtenAt.size;
  }
}

import { type PartyKey } from '@app/ocpi';
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
  private readonly entries = new Map<string, CachedOwners>();

  constructor(private readonly maxIds: number) {}

  get size(): number {
    return this.entries.size;
  }

  /** The entry of an id, now the last used one; made when there is none. */
  entry(row: OwnedRow): CachedOwners {
    const key = `${row.kind} ${row.scope} ${row.object_id}`;
    const entry = this.entries.get(key) ?? { writtenAt: new Map<PartyKey, number>(), readAt: 0 };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.maxIds) this.forgetOldest();
    return entry;
  }

  private forgetOldest(): void {
    const { value } = this.entries.keys().next();
    if (value !== undefined) this.entries.delete(value);
  }
}

/** In-memory twin of the port `OwnerIndex`; routers that share one index share one `OwnerTable`. */
import { type OwnedId, type OwnerFact, type OwnerIndex } from '@app/hub';
import { type PartyId, partyKey, type PartyKey } from '@app/ocpi';

/** Id → its owners. */
export type OwnerTable = Map<string, Map<PartyKey, PartyId>>;

export class OwnerIndexTwin implements OwnerIndex {
  readonly dropped = 0;

  constructor(private readonly table: OwnerTable = new Map()) {}

  learn(facts: readonly OwnerFact[]): void {
    for (const fact of facts) {
      const owners = this.table.get(keyOf(fact)) ?? new Map<PartyKey, PartyId>();
      this.table.set(keyOf(fact), owners.set(partyKey(fact.owner), fact.owner));
    }
  }

  forget(facts: readonly OwnerFact[]): void {
    for (const fact of facts) this.table.get(keyOf(fact))?.delete(partyKey(fact.owner));
  }

  async ownersOf(id: OwnedId): Promise<readonly PartyId[]> {
    return [...(this.table.get(keyOf(id))?.values() ?? [])];
  }

  async close(): Promise<void> {}
}

function keyOf({ kind, scope, type, id }: OwnedId): string {
  return JSON.stringify([kind, scope ? partyKey(scope) : '', type, id]);
}

/** Parties of one platform, arranged so that a question about all of them does not cost a decision for each. */
import { type PartyKey, partyKey } from '@app/ocpi';
import { inRole, type Participant, type Rule } from './rule';

/** What a group asks of the agreements. */
export interface RuleIndex {
  /** The rules between two pairs, or a pair and `*`, in this direction. */
  rulesBetween(from: string, to: string): readonly Rule[];
  /** The pairs that some rule names together with this one. */
  partnersOf(pair: PartyKey): ReadonlySet<PartyKey>;
}

/** A platform may hold a thousand pairs, and agreements seldom name more than a few of them. */
export class Group {
  private readonly byPair = new Map<PartyKey, Participant>();
  /** Lists of members; what agreements say to `*` is the same for all members of one list. */
  private readonly alike = new Map<string, Participant[]>();

  constructor(
    members: readonly Participant[],
    private readonly index: RuleIndex,
  ) {
    for (const member of members) {
      this.byPair.set(partyKey(member.party), member);
      const terms = this.termsOf(member);
      const others = this.alike.get(terms);
      if (others) others.push(member);
      else this.alike.set(terms, [member]);
    }
  }

  /** Those members whose decisions together are the decisions of all, towards one other party. */
  *representatives(other: PartyKey): IterableIterator<Participant> {
    const named = this.namedWith(other);
    yield* named.values();
    for (const members of this.alike.values()) {
      const unnamed = members.find(({ party }) => !named.has(partyKey(party)));
      if (unnamed) yield unnamed;
    }
  }

  /** The members that a rule names together with another party. Looks through the shorter of the two lists. */
  private namedWith(other: PartyKey): ReadonlyMap<PartyKey, Participant> {
    const partners = this.index.partnersOf(other);
    const [few, many] = partners.size < this.byPair.size ? [partners, this.byPair] : [this.byPair, partners];
    const named = new Map<PartyKey, Participant>();
    for (const pair of few.keys()) if (many.has(pair)) named.set(pair, this.byPair.get(pair)!);
    return named;
  }

  /** What the rules between a member and `*` say, as one text. */
  private termsOf(member: Participant): string {
    const pair = partyKey(member.party);
    const says = (rules: readonly Rule[], side: 'from' | 'to') =>
      rules
        .filter((rule) => inRole(rule[side], member))
        .map(({ agreement: { effect, modules, validFrom, validUntil } }) =>
          JSON.stringify([side, effect, modules, validFrom, validUntil]),
        );
    const sends = says(this.index.rulesBetween(pair, '*'), 'from');
    return [...sends, ...says(this.index.rulesBetween('*', pair), 'to')].sort().join();
  }
}

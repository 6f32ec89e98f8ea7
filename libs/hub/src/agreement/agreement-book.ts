/** Who may exchange which modules with whom. One pure decision that every road through the hub asks. */
import { partyKey, type PartyKey } from '@app/ocpi';
import { type Agreement, type Effect } from './agreement';
import { Group, type RuleIndex } from './group';
import { covers, isInForce, letsAny, type Participant, type Rule, verdict } from './rule';
import { type Side } from './side';

/** One exchange to decide on: the sender of the message, its receiver, and the module. */
export interface Exchange {
  readonly from: Participant;
  readonly to: Participant;
  readonly module: string;
}

const NONE: readonly Rule[] = [];
const NO_PARTNERS: ReadonlySet<PartyKey> = new Set();

/** The agreements in force, found by the parties they name: a decision does not look at those of others. */
export class AgreementBook implements RuleIndex {
  private readonly rules = new Map<string, Rule[]>();
  private readonly partners = new Map<PartyKey, Set<PartyKey>>();
  /** Arranged when they are first asked about. */
  private readonly groups = new WeakMap<readonly Participant[], Group>();

  constructor(
    agreements: readonly Agreement[],
    private readonly fallback: Effect,
  ) {
    for (const agreement of agreements) {
      const { from, to, bothWays } = agreement;
      this.add({ agreement, from, to });
      if (bothWays) this.add({ agreement, from: to, to: from });
    }
  }

  /**
   * Whether a message may pass. A matching `deny` wins over a matching `allow`; where nothing matches, the
   * hub's default holds.
   */
  allows(exchange: Exchange, now: Date): boolean {
    if (this.rules.size === 0) return this.fallback === 'allow';
    const matching = this.candidates(exchange).filter(
      (rule) => covers(rule, exchange.module) && isInForce(rule, exchange, now),
    );
    return verdict(matching, this.fallback);
  }

  /**
   * Whether anything at all may pass between another party and any of `members`, in either direction. The cost depends
   * on the rules between them, not on how many members or modules there are.
   *
   * @param members all parties of one platform, the same array each time
   * @param modules lists of the ModuleIDs that they may exchange
   */
  allowsAny(
    members: readonly Participant[],
    other: Participant,
    modules: readonly (readonly string[])[],
    now: Date,
  ): boolean {
    if (members.length === 0) return false;
    if (this.rules.size === 0) return this.fallback === 'allow';
    for (const member of this.groupOf(members).representatives(partyKey(other.party))) {
      for (const direction of [
        { from: member, to: other },
        { from: other, to: member },
      ]) {
        const rules = this.candidates(direction).filter((rule) => isInForce(rule, direction, now));
        if (letsAny(rules, modules, this.fallback)) return true;
      }
    }
    return false;
  }

  rulesBetween(from: string, to: string): readonly Rule[] {
    return this.rules.get(place(from, to)) ?? NONE;
  }

  partnersOf(pair: PartyKey): ReadonlySet<PartyKey> {
    return this.partners.get(pair) ?? NO_PARTNERS;
  }

  private groupOf(members: readonly Participant[]): Group {
    const known = this.groups.get(members);
    if (known) return known;
    const group = new Group(members, this);
    this.groups.set(members, group);
    return group;
  }

  private candidates({ from, to }: Pick<Exchange, 'from' | 'to'>): readonly Rule[] {
    const [a, b] = [partyKey(from.party), partyKey(to.party)];
    return [place(a, b), place(a, '*'), place('*', b), place('*', '*')].flatMap(
      (key) => this.rules.get(key) ?? [],
    );
  }

  private add(rule: Rule): void {
    const [from, to] = [nameOf(rule.from), nameOf(rule.to)];
    const there = this.rules.get(place(from, to));
    if (there) there.push(rule);
    else this.rules.set(place(from, to), [rule]);
    if (from === '*' || to === '*') return;
    this.partners.set(from, (this.partners.get(from) ?? new Set()).add(to));
    this.partners.set(to, (this.partners.get(to) ?? new Set()).add(from));
  }
}

function nameOf(side: Side): PartyKey {
  return side === '*' ? '*' : partyKey(side);
}

function place(from: string, to: string): string {
  return `${from}>${to}`;
}

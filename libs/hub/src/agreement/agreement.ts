/**
 * Who may exchange which modules with whom. One pure decision that every road through the hub asks.
 */
import { partyKey, type PartyId, type PartyKey, type Role } from '@app/ocpi';
import { type Side } from './side';

export type Effect = 'allow' | 'deny';

export interface Agreement {
  readonly id: string;
  readonly from: Side;
  readonly to: Side;
  /** ModuleIDs, or `['*']`. */
  readonly modules: readonly string[];
  readonly effect: Effect;
  /** Also holds for messages from `to` to `from`. */
  readonly bothWays: boolean;
  /** Inclusive; null = always. */
  readonly validFrom: Date | null;
  /** Exclusive; null = for ever. */
  readonly validUntil: Date | null;
  readonly note: string | null;
}

/** A party of an exchange with the roles that it has on its platform. */
export interface Participant {
  readonly party: PartyId;
  readonly roles: readonly Role[];
}

/** One exchange to decide on: the sender of the message, its receiver, and the module. */
export interface Exchange {
  readonly from: Participant;
  readonly to: Participant;
  readonly module: string;
}

/** A rule turned so that `from` sends and `to` receives; one that holds both ways is in the book twice. */
interface Rule {
  readonly agreement: Agreement;
  readonly from: Side;
  readonly to: Side;
}

/** The agreements in force, found by the parties they name: a decision does not look at those of others. */
export class AgreementBook {
  private readonly rules = new Map<string, Rule[]>();

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
    const effects = this.candidates(exchange)
      .filter((rule) => matches(rule, exchange, now))
      .map((rule) => rule.agreement.effect);
    if (effects.length === 0) return this.fallback === 'allow';
    return !effects.includes('deny');
  }

  private candidates({ from, to }: Exchange): readonly Rule[] {
    const [a, b] = [partyKey(from.party), partyKey(to.party)];
    return [place(a, b), place(a, '*'), place('*', b), place('*', '*')].flatMap(
      (key) => this.rules.get(key) ?? [],
    );
  }

  private add(rule: Rule): void {
    const key = place(nameOf(rule.from), nameOf(rule.to));
    const there = this.rules.get(key);
    if (there) there.push(rule);
    else this.rules.set(key, [rule]);
  }
}

function nameOf(side: Side): PartyKey {
  return side === '*' ? '*' : partyKey(side);
}

function place(from: string, to: string): string {
  return `${from}>${to}`;
}

function matches({ agreement, from, to }: Rule, exchange: Exchange, now: Date): boolean {
  const { modules, validFrom, validUntil } = agreement;
  return (
    (modules.includes('*') || modules.includes(exchange.module)) &&
    (!validFrom || validFrom <= now) &&
    (!validUntil || now < validUntil) &&
    inRole(from, exchange.from) &&
    inRole(to, exchange.to)
  );
}

function inRole(side: Side, { roles }: Participant): boolean {
  return side === '*' || side.role === undefined || roles.includes(side.role);
}

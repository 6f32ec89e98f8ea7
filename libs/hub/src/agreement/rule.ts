/** One direction of an agreement, and what it says about an exchange. */
import { type PartyId, type Role } from '@app/ocpi';
import { type Agreement, type Effect } from './agreement';
import { type Side } from './side';

/** A party of an exchange with the roles that it has on its platform. */
export interface Participant {
  readonly party: PartyId;
  readonly roles: readonly Role[];
}

/** An agreement turned so that `from` sends and `to` receives; one that holds both ways makes two rules. */
export interface Rule {
  readonly agreement: Agreement;
  readonly from: Side;
  readonly to: Side;
}

/** A sender and a receiver. */
export interface Direction {
  readonly from: Participant;
  readonly to: Participant;
}

/** Whether a rule holds now between these two, whatever its modules. */
export function isInForce({ agreement, from, to }: Rule, direction: Direction, now: Date): boolean {
  const { validFrom, validUntil } = agreement;
  return (
    (!validFrom || validFrom <= now) &&
    (!validUntil || now < validUntil) &&
    inRole(from, direction.from) &&
    inRole(to, direction.to)
  );
}

/** Whether a rule is about a module. */
export function covers({ agreement: { modules } }: Rule, module: string): boolean {
  return modules.includes('*') || modules.includes(module);
}

/** Whether a party has the role that a side asks for. */
export function inRole(side: Side, { roles }: Participant): boolean {
  return side === '*' || side.role === undefined || roles.includes(side.role);
}

/** A matching `deny` wins over a matching `allow`; where nothing matches, the hub's default holds. */
export function verdict(matching: readonly Rule[], fallback: Effect): boolean {
  if (matching.length === 0) return fallback === 'allow';
  return !matching.some(({ agreement }) => agreement.effect === 'deny');
}

/**
 * Whether any module may pass by these rules: those that they name are looked at one by one, and all others as one.
 *
 * @param rules in force between the two
 * @param modules lists of the ModuleIDs that the two may exchange
 */
export function letsAny(
  rules: readonly Rule[],
  modules: readonly (readonly string[])[],
  fallback: Effect,
): boolean {
  const named = new Set(rules.flatMap(({ agreement }) => agreement.modules));
  const general = rules.filter(({ agreement }) => agreement.modules.includes('*'));
  if (verdict(general, fallback) && modules.some((list) => list.some((module) => !named.has(module)))) {
    return true;
  }
  for (const module of named) {
    const exists = modules.some((list) => list.includes(module));
    if (
      exists &&
      verdict(
        rules.filter((rule) => covers(rule, module)),
        fallback,
      )
    )
      return true;
  }
  return false;
}

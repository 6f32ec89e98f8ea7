import { type Agreement } from './agreement';
import { sideText } from './side';

/**
 * What an agreement says, as one text: two with the same text are one rule written twice.
 *
 * The order of its modules does not count, nor, when it holds both ways, which side stands first. Its note
 * says nothing about messages and does not count either.
 */
export function agreementKey(agreement: Omit<Agreement, 'id'>): string {
  const { from, to, modules, effect, bothWays, validFrom, validUntil } = agreement;
  const sides = [sideText(from), sideText(to)];
  return JSON.stringify([
    bothWays ? sides.sort() : sides,
    [...new Set(modules)].sort(),
    effect,
    bothWays,
    validFrom?.toISOString() ?? null,
    validUntil?.toISOString() ?? null,
  ]);
}

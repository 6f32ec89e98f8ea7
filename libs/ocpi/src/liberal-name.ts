/**
 * Names as the most liberal server reads them. Where something must not reach a receiver under a name, it must not
 * reach it under one that the receiver takes for that name either.
 */
import { unwrapped } from './owner';

/** Without case, and up to a NUL, where C libraries end: `\u017f` is an S in capitals and no other small letter. */
function foldedName(name: string): string {
  return name.split('\0', 1)[0]!.toUpperCase().toLowerCase();
}

/**
 * The name of a query parameter. PHP leaves out spaces before it, reads `.`, a space and `[` as `_`, and `[…]` behind it
 * makes a list of it.
 *
 * @param raw as it stands in the URL
 */
export function parameterName(raw: string): string {
  const bytes = unwrapped(raw) ?? raw;
  const name = foldedName(Buffer.from(bytes, 'latin1').toString()).replace(/^[+ ]+/, '');
  const bracket = name.indexOf('[');
  const plain = bracket > 0 && name.includes(']', bracket) ? name.slice(0, bracket) : name;
  return plain.replace(/[. [+]/g, '_');
}

/** The parameters of a query without its `?`, as they stand there. Some servers take `;` for `&`, too. */
export function parameterNames(query: string): readonly string[] {
  return query.split(/[&;]/).map((parameter) => parameterName(parameter.split('=', 1)[0]!));
}

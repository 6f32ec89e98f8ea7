import { METHODS, type ModuleRow, moduleRow, operationOf, parseTarget, type Target } from '@app/ocpi';
import { type Accepted, type Incoming, learned } from '../exchange';
import { HubError } from '../hub-error';

/**
 * Step 1: is this a functional message at all? Looks up its module and operation.
 *
 * @throws HubError `no_such_url`, `method_not_allowed`
 */
export function accept(incoming: Incoming): Accepted {
  const target = parseTarget(incoming.path);
  if (!target) throw new HubError('no_such_url');
  const row = moduleRow(target.module);
  const operation = row && operationOf(row, target.interfaceRole, incoming.method);
  if (!operation) requireMethod(incoming, target, row);
  return learned(incoming, { target, row, operation });
}

/** A custom module has whatever methods its parties agreed upon, of those that OCPI has at all. */
function requireMethod({ method }: Incoming, { module, interfaceRole }: Target, row?: ModuleRow): void {
  const allow = row ? row.interfaces[interfaceRole].operations.map((each) => each.method) : METHODS;
  if (!row && allow.some((each) => each === method)) return;
  throw new HubError('method_not_allowed', `${method} on ${module} ${interfaceRole}`, { allow });
}

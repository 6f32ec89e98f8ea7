import { moduleRow, operationOf, parseTarget } from '@app/ocpi';
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
  if (row && !operation) {
    const allow = row.interfaces[target.interfaceRole].operations.map(({ method }) => method);
    const asked = `${incoming.method} on ${target.module} ${target.interfaceRole}`;
    throw new HubError('method_not_allowed', asked, { allow });
  }
  return learned(incoming, { target, row, operation });
}

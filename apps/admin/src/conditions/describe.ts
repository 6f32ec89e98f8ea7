/** What the document says of `ETag` and `If-Match`, the same of every call. */
import { type OpenAPIObject } from '@nestjs/swagger';
import { isChange } from '../access';
import { type Contract, routeOf } from '../contract';
import { problemAnswer } from '../problem';
import { subjectOf } from '../subject';

const EXAMPLE = '"jZ3q0xUkV5m2Yc7hN1dT8w"';
const TAG = {
  description: 'Names this state of it, for `If-Match`. Times of last use do not count.',
  schema: { type: 'string' },
  example: EXAMPLE,
};
const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description:
    '`ETag` of what was read. When it is in another state by now, nothing is changed (412). Left out: whatever its state.',
  schema: { type: 'string', example: EXAMPLE },
};

interface Said {
  parameters?: object[];
  readonly responses: Record<string, { headers?: object }>;
}

/** Adds it to the calls: `ETag` to what can be changed, `If-Match` to what changes it. */
export function describeConditions({ paths }: OpenAPIObject, contract: Contract): void {
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, said] of Object.entries(item)) {
      describe(said as Said, { method: method.toUpperCase(), route: routeOf(path) }, contract);
    }
  }
}

function describe(
  said: Said,
  { method, route }: { method: string; route: string },
  contract: Contract,
): void {
  const shown = said.responses['200'];
  const isTagged = isChange(method) ? contract.isReplacement(method, route) : contract.isChanged(route);
  if (isTagged && shown !== undefined) shown.headers = { ETag: TAG };
  if (!isChange(method) || subjectOf({ route, path: route }, contract.isRead) === undefined) return;
  (said.parameters ??= []).push(IF_MATCH);
  said.responses['412'] = problemAnswer(['stale']);
}

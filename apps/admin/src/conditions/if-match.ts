import { type IncomingHttpHeaders } from 'node:http';
import { type Reading } from '../contract';
import { invalid, Problem } from '../problem';
import { matchesTag } from './entity-tag';

/** What a call changes, as it is now; `undefined` for a call that makes something. */
export interface Subject {
  readonly now: Reading | undefined;
}

/**
 * Lets a change pass when its caller did not ask for a condition, or saw what is there now.
 *
 * @throws Problem `stale`; `not_found` when there is nothing to match; `invalid_input`
 */
export function requireMatch(headers: IncomingHttpHeaders, subject: Subject | undefined): void {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return;
  if (subject === undefined) throw invalid('If-Match', 'this call changes nothing that could be matched');
  const tag = subject.now?.tag;
  if (tag === undefined) throw new Problem('not_found', [NOTHING_THERE]);
  if (!matchesTag(ifMatch, tag)) throw new Problem('stale', [CHANGED]);
}

const CHANGED = { field: 'If-Match', message: 'it is not in the state that this names: read it again' };
const NOTHING_THERE = { field: 'If-Match', message: 'there is nothing here that could match' };

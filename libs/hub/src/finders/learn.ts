import { isSuccess, type Lesson, LESSONS, single, stringAtPath } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Relayed } from '../exchange';
import { type OwnerFact } from '../ports';
import { ownedIdIn } from './owned-id';

/**
 * What an exchange shows about who has what. Only a success shows anything: the parties themselves have then
 * confirmed it, and nobody can make others' ids ambiguous by requests that nobody takes.
 */
export function factsOf(relayed: Relayed): readonly OwnerFact[] {
  const name = relayed.operation?.lessons;
  const { httpStatus, ocpiStatus } = relayed.answer;
  if (name === undefined || httpStatus >= 300 || !isSuccess(ocpiStatus)) return [];
  const facts: OwnerFact[] = [];
  for (const lesson of LESSONS[name]) {
    const fact = factOf(relayed, lesson);
    if (fact) facts.push(fact);
  }
  return facts;
}

function factOf(relayed: Relayed, lesson: Lesson): OwnerFact | undefined {
  const to = relayed.receiver?.party;
  const owner = lesson.owner === 'from' ? relayed.from : to;
  const id = owner && ownedIdIn(relayed, lesson, to);
  return id && answeredSo(relayed, lesson.answered) ? { ...id, owner } : undefined;
}

function answeredSo({ answer, receiver }: Relayed, wanted: Lesson['answered']): boolean {
  if (!wanted) return true;
  const plain = decodedBody(
    answer.body,
    single(answer.headers['content-encoding']),
    receiver?.platform.id ?? null,
  );
  const said = plain && stringAtPath(plain, wanted.path);
  return said !== undefined && wanted.oneOf.includes(said);
}

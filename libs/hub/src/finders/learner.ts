/**
 * Learns from exchanges who has what.
 */
import { LESSONS, type Lesson, type Lessons, type PartyId, sameParty } from '@app/ocpi';
import { type Relayed } from '../exchange';
import { type Log, type OwnerIndex } from '../ports';
import { factsOf } from './learn';

/** What was learned holds for so long, in ms; then the index is told again, which knows whether that is news. */
const HEARD_MS = 60_000;
/** So many exchanges are remembered at least, twice as many at most: in about 5 MB. */
const MAX_HEARD = 10_000;
/** Longer paths are not remembered. Spec: 2.2.1-d2 types, URL: none of OCPI is longer. */
const MAX_PATH_CHARACTERS = 255;

interface Heard {
  readonly lessons: Lessons;
  readonly from: PartyId;
  readonly to: PartyId | undefined;
  readonly until: number;
}

/**
 * Tells the index what exchanges show. Objects are pushed again and again: what an equal request has shown a moment
 * ago costs one look-up.
 *
 * @param now in ms; tests give their own
 */
export class Learner {
  private heard = new Map<string, Heard>();
  private heardBefore = new Map<string, Heard>();

  constructor(
    private readonly owners: Pick<OwnerIndex, 'learn'>,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  /** What the exchange shows is worth keeping, but never worth an answer that the receiver has given already. */
  hear(relayed: Relayed): void {
    const lessons = relayed.operation?.lessons;
    if (lessons === undefined || isOwnEcho(relayed) || this.isHeard(relayed, lessons)) return;
    try {
      const facts = factsOf(relayed);
      this.owners.learn(facts);
      if (facts.length > 0) this.remember(relayed, lessons);
    } catch (err) {
      this.log.error({ correlationId: relayed.ids.correlationId, err }, 'nothing learned from a message');
    }
  }

  private isHeard({ path, from, receiver }: Relayed, lessons: Lessons): boolean {
    const heard = this.heard.get(path) ?? this.heardBefore.get(path);
    if (heard?.lessons !== lessons || heard.until <= this.now()) return false;
    return (
      sameParty(heard.from, from) && (FOR_ANY_RECEIVER.has(lessons) || isSame(heard.to, receiver?.party))
    );
  }

  private remember({ path, from, receiver }: Relayed, lessons: Lessons): void {
    if (!REPEATED.has(lessons) || path.length > MAX_PATH_CHARACTERS) return;
    if (this.heard.size >= MAX_HEARD) {
      this.heardBefore = this.heard;
      this.heard = new Map();
    }
    this.heard.set(path, { lessons, from, to: receiver?.party, until: this.now() + HEARD_MS });
  }
}

/** Between a platform and itself nothing is shown: each could claim others' ids so. */
function isOwnEcho({ caller, receiver }: Relayed): boolean {
  return receiver !== undefined && receiver.platform.id === caller.id;
}

function isSame(one: PartyId | undefined, other: PartyId | undefined): boolean {
  return one && other ? sameParty(one, other) : one === other;
}

/** Those that two requests with equal paths between the same parties teach alike, whatever else is in them. */
const REPEATED = namesWhere(isInPath);
/** Those that a request teaches alike whoever receives it: a location goes to many. */
const FOR_ANY_RECEIVER = namesWhere(({ scope, owner }) => scope !== 'to' && owner !== 'to');

function namesWhere(holds: (lesson: Lesson) => boolean): ReadonlySet<string> {
  const names = Object.entries<readonly Lesson[]>(LESSONS);
  return new Set(names.filter(([, rows]) => rows.every(holds)).map(([name]) => name));
}

function isInPath({ id, type, when, answered }: Lesson): boolean {
  return (id.in === 'path' || id.in === 'own_path') && !type && !when && !answered;
}

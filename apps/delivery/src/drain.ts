/** One job: sends what a line has to send, in order. */
import {
  type DeliveryLine,
  type DeliveryStore,
  type Directory,
  type LeasedLeg,
  sendLeg,
  type SendLegParts,
  type SentLeg,
  type Waker,
} from '@app/hub';
import { type Slots } from './slots';

export interface DrainParts extends SendLegParts {
  readonly deliveries: DeliveryStore;
  readonly slots: Slots;
  readonly waker: Waker;
  readonly leaseMs: number;
  /** Told of each leg that was looked at. */
  readonly onSent: (leg: LeasedLeg, sent: SentLeg) => void;
}

/** Legs that one job sends; a line that has more comes again, behind the others. */
const LEGS_PER_JOB = 20;

/**
 * Sends the due legs of a line, oldest first, while its platform has a slot.
 *
 * @returns in how many ms the line is to be looked at again; `null` when something else will bring it back
 */
export async function drain(line: DeliveryLine, parts: DrainParts): Promise<number | null> {
  if (!isReachable(parts.directory, line.platformId)) {
    await parts.deliveries.park(line.platformId);
    return null;
  }
  if (!parts.slots.take(line)) return null;
  let answered: boolean | undefined;
  try {
    return await sendDue(line, parts, (sent) => (answered = hasAnswered(sent) ?? answered));
  } finally {
    parts.waker.wake(parts.slots.release(line.platformId, answered));
  }
}

async function sendDue(
  line: DeliveryLine,
  parts: DrainParts,
  onSent: (sent: SentLeg) => void,
): Promise<number | null> {
  let dueInMs: number | null = 0;
  for (let sent = 0; sent < LEGS_PER_JOB && dueInMs !== null && dueInMs <= 0; sent++) {
    const next = await parts.deliveries.lease(line, parts.leaseMs);
    if (!next.leg) return next.dueInMs;
    const outcome = await sendLeg(next.leg, parts);
    onSent(outcome);
    parts.onSent(next.leg, outcome);
    dueInMs = await parts.deliveries.settle(next.leg, outcome.settlement);
  }
  return dueInMs;
}

/**
 * Whether a platform may be sent to now. One that is gone altogether counts as reachable, so that its legs are
 * looked at and found dead.
 */
function isReachable(directory: Directory, platformId: string): boolean {
  const record = directory.platform(platformId)?.record;
  if (!record || record.registeredAt === null) return true;
  return record.status === 'CONNECTED' && !record.suspended;
}

function hasAnswered({ result }: SentLeg): boolean | undefined {
  return result === null ? undefined : result.refusal === undefined;
}

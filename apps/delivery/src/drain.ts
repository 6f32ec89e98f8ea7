/** Sends what a line has to send, in order. */
import {
  type DeliveryLine,
  type DeliveryStore,
  type LeasedLeg,
  sendLeg,
  type SendLegParts,
  type SentLeg,
} from '@app/hub';

export interface DrainParts extends SendLegParts {
  readonly deliveries: DeliveryStore;
  readonly leaseMs: number;
  /** Told of each leg that was looked at. */
  readonly onSent: (leg: LeasedLeg, sent: SentLeg) => void;
}

export interface Drained {
  /** In how many ms the line is to be looked at again; `null` when something else will bring it back. */
  readonly againInMs: number | null;
  /** Whether its receiver answered the last attempt; `undefined` when there was none. */
  readonly answered: boolean | undefined;
}

/** Legs of one turn; a line that has more comes again, behind the others. */
const LEGS_PER_TURN = 20;

/** Sends the due legs of a line, oldest first, as long as there are any. */
export async function drain(line: DeliveryLine, parts: DrainParts): Promise<Drained> {
  let answered: boolean | undefined;
  for (let sent = 0; sent < LEGS_PER_TURN; sent++) {
    const next = await parts.deliveries.lease(line, parts.leaseMs);
    if (!next.leg) return { againInMs: next.dueInMs, answered };
    const outcome = await sendLeg(next.leg, parts);
    parts.onSent(next.leg, outcome);
    if (outcome.result) answered = outcome.result.refusal === undefined;
    const more = await parts.deliveries.settle(next.leg, outcome.settlement);
    if (!more) return { againInMs: null, answered };
  }
  return { againInMs: 0, answered };
}

/** Sends what a line has to send, in order. */
import {
  type DeliveryLine,
  type DeliveryStore,
  type LeasedLeg,
  type NextLeg,
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

/** A line to look at, or its oldest leg, leased already. */
export type DrainedLine = DeliveryLine | LeasedLeg;

/** What became of the oldest leg of a line: it was sent, or it cannot be sent yet (see `NextLeg`). */
export type Drained =
  | { readonly leg: LeasedLeg; readonly sent: SentLeg }
  | { readonly leg?: undefined; readonly dueInMs: number | null };

/** Sends the oldest leg of a line, if it may be sent now. Its lease is still to be ended. */
export async function drain(line: DrainedLine, parts: DrainParts): Promise<Drained> {
  const next: NextLeg = isHeld(line, parts.leaseMs) ? { leg: line } : await look(line, parts);
  if (!next.leg) return next;
  const sent = await sendLeg(next.leg, parts);
  parts.onSent(next.leg, sent);
  return { leg: next.leg, sent };
}

/** Whether it is a leg that is leased for as long as an attempt may take. */
function isHeld(line: DrainedLine, leaseMs: number): line is LeasedLeg {
  return isLeased(line) && line.leasedUntil - leaseMs >= performance.now();
}

async function look(line: DrainedLine, parts: DrainParts): Promise<NextLeg> {
  await giveBack(line, parts.deliveries);
  return parts.deliveries.lease(line, parts.leaseMs);
}

/** Gives back the leg that a line came with, if any. */
export function giveBack(
  line: DrainedLine,
  deliveries: Pick<DeliveryStore, 'release'>,
): Promise<void> | undefined {
  return isLeased(line) ? deliveries.release(line) : undefined;
}

/** A line as it is known to others, without its leg. */
export function lineOf({ line, platformId }: DeliveryLine): DeliveryLine {
  return { line, platformId };
}

/** Whether a line came with its leg. */
export function isLeased(line: DrainedLine): line is LeasedLeg {
  return 'leaseId' in line;
}

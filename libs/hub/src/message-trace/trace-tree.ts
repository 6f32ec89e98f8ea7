/**
 * Everything that one correlation id joins, as one tree: what a party sent, what the hub owes to whom because of
 * it, each attempt to deliver that, and the results that came back later.
 */
import { type ArchivedMessage, type DeliveryView } from '../ports';

/** `message`: a request of a party. `callback`: one to a URL of the hub's. `attempt`: one that the hub made later. */
export type TraceNode =
  | {
      readonly kind: 'message' | 'callback' | 'attempt';
      readonly at: Date;
      readonly message: ArchivedMessage;
      readonly children: readonly TraceNode[];
    }
  | {
      readonly kind: 'delivery';
      readonly at: Date;
      readonly delivery: DeliveryView;
      readonly children: readonly TraceNode[];
    };

/** What is known of one correlation id, in any order. */
export interface TraceRecords {
  readonly messages: readonly ArchivedMessage[];
  readonly deliveries: readonly DeliveryView[];
}

/** A node that still finds its children. */
type Growing = TraceNode & { readonly children: Growing[] };

/**
 * The tree, oldest first on every level.
 *
 * A delivery hangs below the message that it came from, an attempt below its delivery, and a callback below the
 * message on whose way its URL was handed out, whichever correlation id it came under itself. What finds no parent
 * (the log forgot it, or it never had one, such as a ClientInfo push) stands on the first level: nothing is left out.
 */
export function traceTree({ messages, deliveries }: TraceRecords): readonly TraceNode[] {
  const nodes = [...messages.map(messageNode), ...deliveries.map(deliveryNode)].sort(byTime);
  const top: Growing[] = [];
  for (const [index, node] of nodes.entries()) (parentOf(node, index, nodes)?.children ?? top).push(node);
  return top;
}

function messageNode(message: ArchivedMessage): Growing {
  return { kind: kindOf(message), at: message.at, message, children: [] };
}

function deliveryNode(delivery: DeliveryView): Growing {
  return { kind: 'delivery', at: delivery.createdAt, delivery, children: [] };
}

/** What has no sending platform and still went out was sent by the hub itself. */
function kindOf(row: ArchivedMessage): 'message' | 'callback' | 'attempt' {
  if (row.scenario === 'callback') return 'callback';
  return row.fromPlatformId === null && row.onwardRequestId !== null ? 'attempt' : 'message';
}

/** A delivery is written a moment after its message came in, and may be attempted within the same ms. */
const LEVEL = { message: 0, callback: 1, delivery: 2, attempt: 3 };

function byTime(a: Growing, b: Growing): number {
  return a.at.getTime() - b.at.getTime() || LEVEL[a.kind] - LEVEL[b.kind];
}

/** Each kind looks among other kinds only, in one direction: there are no circles. A callback never has another below it. */
function parentOf(node: Growing, index: number, sorted: readonly Growing[]): Growing | undefined {
  const nearest = (fits: (other: Growing) => boolean): Growing | undefined => nearestTo(index, sorted, fits);
  if (node.kind === 'delivery') return nearest((other) => isSourceOf(other, node.delivery.requestId));
  if (node.kind === 'callback') return nearest((other) => isAnsweredBy(other, node.message));
  if (node.kind === 'message') return undefined;
  return (
    nearest((other) => isDeliveryOf(other, node.message)) ??
    nearest((other) => isSourceOf(other, node.message.requestId))
  );
}

/** The last one before, or the first one after: clocks of processes and of the database differ a little. */
function nearestTo(
  index: number,
  sorted: readonly Growing[],
  fits: (other: Growing) => boolean,
): Growing | undefined {
  for (let at = index - 1; at >= 0; at--) if (fits(sorted[at]!)) return sorted[at];
  return sorted.slice(index + 1).find(fits);
}

function isSourceOf(other: Growing, requestId: string): boolean {
  return other.kind === 'message' && other.message.requestId === requestId;
}

function isDeliveryOf(other: Growing, attempt: ArchivedMessage): boolean {
  if (other.kind !== 'delivery') return false;
  const { requestId, platformId, receiver } = other.delivery;
  return requestId === attempt.requestId && platformId === attempt.toPlatformId && receiver === attempt.to;
}

function isAnsweredBy(other: Growing, callback: ArchivedMessage): boolean {
  if (other.kind !== 'message') return false;
  const { correlationId, requestId } = other.message;
  return correlationId === callback.parentCorrelationId && requestId === callback.parentRequestId;
}

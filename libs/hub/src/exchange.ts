/**
 * One message on its way through the hub: what each step of the path knows more than the step before it.
 *
 * accept → authenticate → identify → permit → relay → rewrite → trace
 */
import {
  type IncomingHeaders,
  type MessageIds,
  type ModuleRow,
  type Operation,
  type PartyId,
  type Scenario,
  type Target,
} from '@app/ocpi';
import { type PlatformEntry } from './directory';
import { type DetourPage, type HeaderList, type IssuedToken } from './ports';

/** A request as it came off the wire, with the ids that its answer will carry. */
export interface Incoming {
  readonly method: string;
  /** Raw path and query, never decoded. */
  readonly path: string;
  readonly headers: IncomingHeaders;
  /** `null` when the request has no body. */
  readonly body: Buffer | null;
  readonly ids: MessageIds;
  /** The caller left out at least one id, and the hub made it. */
  readonly idsMade: boolean;
  readonly receivedAt: Date;
  /** The socket that it came on: what its requests have in common is looked at once. */
  readonly connection?: object;
  /** See `noted`. */
  readonly note?: string;
  /** Of a message to a URL that the hub handed out: the message that this was done for, by its caller's ids. */
  readonly cause?: MessageIds;
  /** Of a message to the URL of a next page: which one. */
  readonly page?: DetourPage | undefined;
}

export interface Accepted extends Incoming {
  readonly target: Target;
  /** `undefined` for custom modules, which travel by the same rules without a row. */
  readonly row: ModuleRow | undefined;
  readonly operation: Operation | undefined;
}

export interface Authenticated extends Accepted {
  readonly caller: PlatformEntry;
  readonly token: IssuedToken;
}

export interface Identified extends Authenticated {
  readonly from: PartyId;
  /** `undefined` when the request names no receiver. */
  readonly to: PartyId | undefined;
}

/** The one party that a direct message goes to, and where. */
export interface Receiver {
  readonly platform: PlatformEntry;
  readonly party: PartyId;
  readonly endpoint: string;
}

export interface Permitted extends Identified {
  readonly scenario: Scenario;
  /** Known for the direct scenario; the others find theirs on the way. */
  readonly receiver: Receiver | undefined;
}

/** What is answered, before the rewrites. */
export interface Answer {
  readonly httpStatus: number;
  readonly ocpiStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Who answers: the receiving party, or the hub party. */
  readonly from: PartyId;
}

export interface Relayed extends Permitted {
  readonly answer: Answer;
  /** The X-Request-ID that the receiver saw; null when nothing was sent on. */
  readonly onwardRequestId: string | null;
}

/** What goes back to the caller. */
export interface Outgoing {
  readonly httpStatus: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Notes on a message, for its row in the message log, what the hub changed in it or noticed about it. */
export function noted(message: object & { note?: string }, text: string): void {
  message.note = message.note === undefined ? text : `${message.note}; ${text}`;
}

/**
 * The message with what a step learned about it.
 *
 * It stays one object on its whole way: to copy its twenty fields at each of five steps took a third of the path's
 * time. A step that may not change the message it was given (one of several receivers) copies it itself.
 */
export function learned<Message extends object, More extends object>(
  message: Message,
  more: More,
): Message & More {
  return Object.assign(message, more);
}

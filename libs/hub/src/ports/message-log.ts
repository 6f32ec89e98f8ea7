/**
 * PORT: the message log, one row a message. Payloads and tokens are never in it.
 */
import { type Page, type PageRequest } from './platform-store';

export interface MessageRow {
  readonly at: Date;
  /** See `clipCorrelationId`. */
  readonly correlationId: string;
  /** The caller's X-Request-ID, and the one that the hub sent onward. */
  readonly requestId: string;
  readonly onwardRequestId: string | null;
  /** The message that handed out the URL which a callback came to: its correlation id may be another one. */
  readonly parentCorrelationId: string | null;
  readonly parentRequestId: string | null;
  /** Ids that the caller left out and the hub made. */
  readonly idsMade: boolean;
  readonly scenario: string | null;
  readonly version: string | null;
  readonly module: string | null;
  readonly interfaceRole: string | null;
  readonly method: string;
  readonly fromPlatformId: string | null;
  readonly toPlatformId: string | null;
  /** `NL*TNM` */
  readonly from: string | null;
  readonly to: string | null;
  /** Of a message that was refused for it: the pair that it named as its sender, and that its platform does not hold. */
  readonly claimedFrom: string | null;
  readonly httpStatus: number;
  readonly ocpiStatus: number | null;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** A refusal's code (`receiver_unknown`), never free text from a peer. */
  readonly error: string | null;
  /** The refusal in words, for the operator; may quote at most 200 printable characters of a receiver's answer. */
  readonly reason: string | null;
  /** What the hub changed in the message or noticed about it. */
  readonly note: string | null;
  /** Of a request for no URL of the hub: its path without the query. */
  readonly path: string | null;
}

/** A row as it is kept. */
export type ArchivedMessage = MessageRow & { readonly id: string };

export interface MessageFilter {
  /** In full, or as it is kept. */
  readonly correlationId?: string;
  readonly from?: string;
  readonly to?: string;
  /** Sent it or was sent it. */
  readonly platform?: string;
  readonly module?: string;
  readonly method?: string;
  readonly httpStatus?: number;
  readonly statusCode?: number;
  /** See `MessageRow`. */
  readonly error?: string;
  /** Refused, or not answered in success: an error, HTTP status of 400 or more, OCPI status of 2000 or more. */
  readonly failed?: boolean;
  readonly since?: Date;
  readonly until?: Date;
}

export interface TracedMessages {
  readonly messages: readonly ArchivedMessage[];
  /** There are more than the limit. */
  readonly truncated: boolean;
}

export const TRAFFIC_DIRECTIONS = ['sent', 'received'] as const;

/** What came of one kind of a platform's messages. */
export interface Traffic {
  /** By the platform, or by it from others. */
  readonly direction: (typeof TRAFFIC_DIRECTIONS)[number];
  readonly module: string | null;
  readonly interfaceRole: string | null;
  readonly messages: number;
  /** Of these: HTTP status of 400 or more, OCPI status of 2000 or more, or no usable answer. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The writing side. It never waits: rows gather in a bounded buffer and are written in batches. */
export interface MessageLog {
  record(row: MessageRow): void;
  /** Rows dropped because the buffer was full. */
  readonly dropped: number;
  /** Writes what is still in the buffer, at most a few seconds long. */
  close(): Promise<void>;
}

/** A page was not found in the time that it may take: too many messages lie between those that were asked for. */
export class SearchTooLong extends Error {
  override readonly name = 'SearchTooLong';
}

/** The reading side, for the operator. */
export interface MessageArchive {
  /** Newest first. @throws InvalidCursor, SearchTooLong */
  find(filter: MessageFilter, page: PageRequest): Promise<Page<ArchivedMessage>>;
  /**
   * What belongs to one correlation id, oldest first: its messages, and callbacks that came of them under another
   * one. Asked for such another one, it finds the same. An id may be given in full, or as it is kept.
   */
  trace(correlationId: string, limit: number): Promise<TracedMessages>;
  /** What came of a platform's messages from `since` on and before `until`, the busiest kind first. */
  traffic(platformId: string, since: Date, until: Date): Promise<readonly Traffic[]>;
}

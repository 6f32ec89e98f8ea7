/**
 * PORT: payloads of one platform's messages, kept for a limited time because the operator asked for them.
 *
 * The adapter is `libs/store` (PostgreSQL, sealed with the encryption key).
 */
import { type Page, type PageRequest, type RunningCapture } from './platform-store';

export interface CaptureOrder {
  readonly platformId: string;
  readonly durationSeconds: number;
  /** All that it may take on disk, sealed. When that is used up, it ends. */
  readonly maxBytes: number;
  /** All that the captures of all platforms may take, what they may yet take included. */
  readonly maxBytesTotal: number;
  readonly maxPayloadBytes: number;
  /** How long what was captured is kept after the end, in s. */
  readonly keepSeconds: number;
}

export interface Capture extends RunningCapture {
  readonly startedAt: Date;
  /** When it was stopped, or was full, before its time; else null. */
  readonly endedAt: Date | null;
  readonly maxBytes: number;
  readonly bytes: number;
  readonly messages: number;
  /** Messages that came too fast, or when it was full. */
  readonly dropped: number;
  /** When all of it is deleted. */
  readonly deletedAt: Date;
}

/** A body as far as it was kept. */
export interface CapturedBody {
  /** Decoded, when it was encoded; empty when it could not be. */
  readonly kept: Buffer;
  /** Its length on the wire. */
  readonly bytes: number;
  readonly truncated: boolean;
}

export const CAPTURE_DIRECTIONS = ['sent', 'received'] as const;

export interface CapturedMessage {
  readonly at: Date;
  /** `sent`: a request of the platform, and what it was answered. `received`: one to it, and what it answered. */
  readonly direction: (typeof CAPTURE_DIRECTIONS)[number];
  readonly method: string;
  /** Path and query at the hub, or the URL at the platform. */
  readonly url: string;
  /** Null when there was no answer. */
  readonly httpStatus: number | null;
  /** A refusal's code, or the fault of the connection. */
  readonly error: string | null;
  /** Lower-case name → value; routing, message ids, content and paging, nothing else. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly requestBody: CapturedBody | null;
  readonly answerBody: CapturedBody | null;
}

/** The capturing side. It never waits: messages gather in a bounded buffer and are written in batches. */
export interface CaptureLog {
  record(platformId: string, captureId: string, message: CapturedMessage): void;
  /** Writes what is still in the buffer, at most a few seconds long. */
  close(): Promise<void>;
}

export type CaptureStart =
  | { readonly outcome: 'done'; readonly capture: Capture }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'running' }
  /** What all captures together may take is promised to others. */
  | { readonly outcome: 'no_room' };

/** The operator's side. */
export interface CaptureStore {
  /** Takes the place of an earlier one that is over, and of what that captured. */
  start(order: CaptureOrder, now: Date): Promise<CaptureStart>;
  /** The last one of a platform, until it is deleted. */
  find(platformId: string): Promise<Capture | undefined>;
  /** Ends it; what it captured stays. False when none runs. */
  stop(platformId: string, now: Date): Promise<boolean>;
  /** Oldest first; long messages make a short page. @throws InvalidCursor */
  list(captureId: string, page: PageRequest): Promise<Page<KeptMessage>>;
  /** Deletes what was captured, and with that makes room for more. False when there is no capture. */
  erase(platformId: string): Promise<boolean>;
}

/** `message` is null when it was sealed with a key that is not there any more. */
export interface KeptMessage {
  readonly id: string;
  readonly at: Date;
  readonly message: CapturedMessage | null;
}

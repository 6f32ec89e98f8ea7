/**
 * PORT: the handshakes of each platform, succeeded or not: what the operator looks at when a platform cannot connect.
 *
 * The adapter is `libs/store` (PostgreSQL).
 */

import { type Page, type PageRequest } from './platform-store';

/** The side that sent the first request. */
export const HANDSHAKE_SIDES = ['platform', 'hub'] as const;
export type HandshakeSide = (typeof HANDSHAKE_SIDES)[number];

/** `update` is a PUT of the platform, `rotate` a PUT of the hub. */
export const HANDSHAKE_KINDS = ['register', 'update', 'rotate', 'unregister'] as const;
export type HandshakeKind = (typeof HANDSHAKE_KINDS)[number];

/**
 * How far a handshake came: `request` = the hub reads what it was sent; `versions`, `version_details`, `credentials` = the
 * hub asks the platform for them; `save` = the hub writes the result.
 */
export const HANDSHAKE_STEPS = ['request', 'versions', 'version_details', 'credentials', 'save'] as const;
export type HandshakeStep = (typeof HANDSHAKE_STEPS)[number];

/** `refused` = one side said no; `failed` = the platform gave no answer, or the hub itself failed. */
export const HANDSHAKE_OUTCOMES = ['succeeded', 'refused', 'failed'] as const;
export type HandshakeOutcome = (typeof HANDSHAKE_OUTCOMES)[number];

/** Handshakes that are kept of one platform; older ones are removed. */
export const MAX_HANDSHAKES_PER_PLATFORM = 50;

/** One handshake. No token is in any of its texts. */
export interface HandshakeRecord {
  readonly id: string;
  readonly platformId: string;
  readonly at: Date;
  readonly beganBy: HandshakeSide;
  readonly kind: HandshakeKind;
  readonly step: HandshakeStep;
  readonly outcome: HandshakeOutcome;
  /** Code of the hub's refusal; null for a success. */
  readonly code: string | null;
  /** Why it did not succeed, or what the operator should know of a success. */
  readonly reason: string | null;
  /** The platform's own `status_message`, or the first printable characters of its answer. */
  readonly peerSaid: string | null;
  /** What the platform answered last; null where it was not asked, or gave no answer. */
  readonly httpStatus: number | null;
  readonly ocpiStatus: number | null;
  readonly version: string | null;
  readonly correlationId: string;
}

export interface HandshakeStore {
  /** Keeps a handshake. One in which the platform was heard counts as its `last_seen`. */
  record(handshake: HandshakeRecord): Promise<void>;
  /** Those of a platform, newest first. @throws InvalidCursor */
  list(platformId: string, page: PageRequest): Promise<Page<HandshakeRecord>>;
}

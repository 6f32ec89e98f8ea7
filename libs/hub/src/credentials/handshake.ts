/** One handshake as the operator sees it: how far it came, what the platform said, and what became of it. */
import { excerptOf, printable } from '../excerpt';
import { asHubError, type HubError } from '../hub-error';
import { clip } from '../path/trace';
import {
  type HandshakeKind,
  type HandshakeOutcome,
  type HandshakeRecord,
  type HandshakeSide,
  type HandshakeStep,
  type HandshakeStore,
  type Log,
} from '../ports';

export interface HandshakeParts {
  readonly handshakes: Pick<HandshakeStore, 'record'>;
  readonly log: Log;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** What is known of a handshake before it begins. */
export interface HandshakeOpening {
  readonly platformId: string;
  readonly beganBy: HandshakeSide;
  readonly kind: HandshakeKind;
  /** Every request of the handshake carries it. */
  readonly correlationId: string;
}

/** What a platform answered to one request. */
export interface PeerAnswer {
  readonly httpStatus: number;
  readonly ocpiStatus: number | null;
  readonly said: string | null;
}

/** Texts of a note and of a reason are cut after so many characters. */
const MAX_REASON_CHARACTERS = 1_000;
const SECRET = '***';
/** A shorter token would be found in ordinary words. */
const LEAST_SECRET_CHARACTERS = 8;

/** The progress of one handshake. */
export class Handshake {
  step: HandshakeStep = 'request';
  version: string | null = null;
  /** The platform's last answer; null when it was not asked, or gave no answer. */
  answer: PeerAnswer | null = null;
  private readonly notes: string[] = [];
  private readonly secrets: string[] = [];

  constructor(readonly opening: HandshakeOpening) {}

  get correlationId(): string {
    return this.opening.correlationId;
  }

  /** Adds what the operator should know although nothing stopped. */
  note(text: string): void {
    this.notes.push(text);
  }

  /** A token of this handshake: no text of it shows the token, plain or in Base64. */
  hide(token: string): void {
    if (token.length < LEAST_SECRET_CHARACTERS) return;
    this.secrets.push(token, Buffer.from(token).toString('base64'));
  }

  /** Everything noted, as one text; null when there is nothing. */
  get noted(): string | null {
    return this.notes.length === 0 ? null : this.cleared(this.notes.join('; '));
  }

  /** A text without the tokens of this handshake. */
  cleared(text: string): string {
    const hidden = this.secrets.reduce((shown, secret) => shown.replaceAll(secret, SECRET), text);
    return hidden.slice(0, MAX_REASON_CHARACTERS);
  }

  /**
   * The platform's own words: its `status_message`, or the start of its answer. The body of a success is never shown: it
   * may hold a token.
   */
  wordsOf(
    envelope: Record<string, unknown> | undefined,
    body: Uint8Array,
    isSuccess: boolean,
  ): string | null {
    const { status_message: message } = envelope ?? {};
    const said =
      typeof message === 'string' && message !== '' ? printable(message) : isSuccess ? '' : excerptOf(body);
    return said === '' ? null : this.cleared(said);
  }
}

/** What the log says of a success. */
const DONE: Readonly<Record<HandshakeSide, Readonly<Record<HandshakeKind, string>>>> = {
  platform: {
    register: 'platform registered',
    update: 'platform updated its registration',
    rotate: 'platform updated its registration',
    unregister: 'platform unregistered',
  },
  hub: {
    register: 'the hub registered at the platform',
    update: 'the hub updated its registration at the platform',
    rotate: 'the hub gave the platform a new token',
    unregister: 'the hub told the platform that its registration ended',
  },
};

/**
 * Runs a handshake and keeps what became of it, for the operator. What cannot be kept is logged and changes nothing.
 *
 * @throws whatever the work throws
 */
export async function runHandshake<T>(
  parts: HandshakeParts,
  opening: HandshakeOpening,
  work: (handshake: Handshake) => Promise<T>,
): Promise<T> {
  const handshake = new Handshake(opening);
  try {
    const done = await work(handshake);
    await keepRecord(parts, recordOf(handshake, undefined, parts));
    return done;
  } catch (error) {
    await keepRecord(parts, recordOf(handshake, asHubError(error), parts));
    throw error;
  }
}

function recordOf(
  handshake: Handshake,
  error: HubError | undefined,
  { newId, now }: HandshakeParts,
): HandshakeRecord {
  const { opening, step, version, answer, noted } = handshake;
  return {
    ...opening,
    ...{ id: newId(), at: now(), step, version, correlationId: clip(opening.correlationId) },
    outcome: outcomeOf(error, answer),
    code: error?.code ?? null,
    reason: error ? handshake.cleared(error.message) : noted,
    ...{ peerSaid: answer?.said ?? null, httpStatus: answer?.httpStatus ?? null },
    ocpiStatus: answer?.ocpiStatus ?? null,
  };
}

function outcomeOf(error: HubError | undefined, answer: PeerAnswer | null): HandshakeOutcome {
  if (error === undefined) return 'succeeded';
  const noAnswer = error.code === 'peer_unusable' && answer === null;
  return noAnswer || error.code === 'internal' ? 'failed' : 'refused';
}

async function keepRecord({ handshakes, log }: HandshakeParts, record: HandshakeRecord): Promise<void> {
  logRecord(log, record);
  await handshakes.record(record).catch((error: unknown) => {
    log.warn({ err: error, platformId: record.platformId }, 'a handshake could not be kept for the operator');
  });
}

function logRecord(log: Log, record: HandshakeRecord): void {
  const { platformId, correlationId, beganBy, kind, outcome, code, reason } = record;
  const fields = { platformId, correlationId, ...(reason !== null && { reason }) };
  if (outcome === 'succeeded') log.info(fields, DONE[beganBy][kind]);
  // The error filter logs a fault of the hub itself, with its cause.
  else if (code !== 'internal' || beganBy === 'hub') {
    const told = { ...fields, code, kind, step: record.step, peerSaid: record.peerSaid };
    const side = beganBy === 'hub' ? 'that the hub began' : 'of this platform';
    log.warn(told, `a handshake ${side} was refused`);
  }
}

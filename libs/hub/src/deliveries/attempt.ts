/**
 * One attempt to deliver one leg: what is sent, what its answer means, and what the log keeps of it.
 *
 * Spec: 2.2.1-d2 transport_and_format, Broadcast Push; Unique message IDs; Message Routing Headers.
 */
import {
  idHeaders,
  joinEndpoint,
  moduleRow,
  type PartyId,
  partyKey,
  routingHeaders,
  statusCodeOf,
} from '@app/ocpi';
import { decodedBody } from '../content';
import { type Directory, type PlatformEntry } from '../directory';
import { REFUSAL_OF_FAULT } from '../hub-error';
import { type RefusalCode, REFUSALS } from '../refusals';
import {
  type Courier,
  type CourierAnswer,
  CourierFault,
  type CourierRequest,
  type LeasedLeg,
  type MessageLog,
  type Settlement,
  type UnowedReason,
} from '../ports';
import { clipCorrelationId } from '../message-ids';
import { clip } from '../path/trace';
import { type AttemptResult, type DeliveryNote, judge, retryAfterMs, retryDelayMs } from '../retry';

export interface SendLegParts {
  readonly courier: Courier;
  readonly directory: Directory;
  readonly messageLog: Pick<MessageLog, 'record'>;
  readonly hub: PartyId;
  /** How long a receiver's answer is waited for, in ms. */
  readonly answerTimeoutMs: number;
  readonly firstRetryMs: number;
  readonly newId: () => string;
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface SentLeg {
  readonly settlement: Settlement;
  /** Null when nothing was sent. */
  readonly result: AttemptResult | null;
}

/** What a lease must outlast besides the wire: the database answering twice, and a busy process. In ms. */
const LEASE_MARGIN_MS = 15_000;

/**
 * How often a leg waits that has no place to go to as far as this process knows: who accepted it may have heard of a
 * platform, its modules or an agreement first. With the usual first wait of 1 s it is 31 s, which outlasts a change
 * feed that has to be opened again.
 */
const LOOKS = 5;

/**
 * How long a leg is leased, in ms: the longest attempt is a connection that takes `connectTimeoutMs` and an
 * answer that takes `answerTimeoutMs`, so that nobody else sends what is still on its way.
 */
export function leaseMs(connectTimeoutMs: number, answerTimeoutMs: number): number {
  return connectTimeoutMs + answerTimeoutMs + LEASE_MARGIN_MS;
}

/** Sends a leg, or finds that it may not be sent any more. Never throws for what a receiver does. */
export async function sendLeg(leg: LeasedLeg, parts: SendLegParts): Promise<SentLeg> {
  const to = placeOf(leg, parts);
  if ('error' in to) {
    const settlement = leg.attempts < LOOKS ? again(leg, to.error, undefined, parts) : to;
    return { settlement, result: null };
  }
  const requestId = parts.newId();
  const startedAt = parts.now();
  const { result, answer } = await carry(parts.courier, requestOf(leg, to, requestId, parts));
  const durationMs = parts.now().getTime() - startedAt.getTime();
  record({ leg, requestId, startedAt, durationMs, result, answerBytes: answer?.body.length ?? 0 }, parts);
  return { settlement: settlementOf(leg, result, answer, parts), result };
}

interface Place {
  readonly platform: PlatformEntry;
  readonly authorization: string;
  readonly endpoint: string;
}

/** Where a leg goes, looked up now: endpoints and tokens may have changed since it was accepted. */
function placeOf(leg: LeasedLeg, parts: SendLegParts): Place | Extract<Settlement, { error: string }> {
  const platform = parts.directory.platform(leg.platformId);
  const authorization = platform?.authorization;
  if (!platform || !authorization) return unowed('platform_unregistered');
  if (!isHeld(leg, platform)) return unowed('party_left');
  const endpoint = platform.endpoint(leg.push.module, 'RECEIVER');
  if (!endpoint) return dead('interface_not_implemented');
  if (isForbidden(leg, platform, parts))
    return { state: 'discarded', error: 'no_agreement' satisfies RefusalCode };
  return { platform, authorization, endpoint };
}

function dead(error: RefusalCode): Extract<Settlement, { error: string }> {
  return { state: 'dead', error };
}

function unowed(error: UnowedReason): Extract<Settlement, { error: string }> {
  return { state: 'discarded', error };
}

/** A push to the platform itself is for none of its parties. */
function isHeld({ push, party }: LeasedLeg, platform: PlatformEntry): boolean {
  const roles = moduleRow(push.module)?.interfaces.RECEIVER.roles;
  return party === null || roles === undefined || platform.holdsAs(party, roles);
}

/** An agreement that was withdrawn while a leg waited holds for it, too. */
function isForbidden({ push, party }: LeasedLeg, platform: PlatformEntry, parts: SendLegParts): boolean {
  const sender = push.from && parts.directory.platform(push.from.platformId);
  if (!push.from || !sender || !party) return false;
  const exchange = {
    from: sender.participant(push.from.party),
    to: platform.participant(party),
    module: push.module,
  };
  return !parts.directory.agreements.allows(exchange, parts.now());
}

function requestOf(leg: LeasedLeg, to: Place, requestId: string, parts: SendLegParts): CourierRequest {
  const { push, party } = leg;
  return {
    platformId: leg.platformId,
    module: push.module,
    method: push.method,
    url: joinEndpoint(to.endpoint, push.rest, push.query),
    headers: [
      ...['Authorization', to.authorization],
      ...(party ? routingHeaders(party, parts.hub) : []),
      ...idHeaders({ requestId, correlationId: push.correlationId }),
      ...push.headers,
    ],
    body: push.body,
    timeoutMs: parts.answerTimeoutMs,
  };
}

async function carry(
  courier: Courier,
  request: CourierRequest,
): Promise<{ readonly result: AttemptResult; readonly answer?: CourierAnswer }> {
  try {
    const answer = await courier.send(request);
    const plain = decodedBody(answer.body, answer.headers['content-encoding'], request.platformId);
    const ocpiStatus = plain && statusCodeOf(plain);
    const empty = answer.body.length === 0;
    return { result: { httpStatus: answer.httpStatus, ocpiStatus, empty }, answer };
  } catch (error) {
    if (!(error instanceof CourierFault)) throw error;
    return { result: { refusal: REFUSAL_OF_FAULT[error.kind] } };
  }
}

function settlementOf(
  leg: LeasedLeg,
  result: AttemptResult,
  answer: CourierAnswer | undefined,
  parts: SendLegParts,
): Settlement {
  const { state, error, note } = judge(result);
  if (state === 'delivered' || error === null)
    return note ? { state: 'delivered', note } : { state: 'delivered' };
  if (state === 'dead') return { state, error };
  return again(leg, error, retryAfterMs(answer?.headers['retry-after'], parts.now()), parts);
}

function again(
  { attempts, remainingMs }: LeasedLeg,
  error: string,
  retryAfterMs: number | undefined,
  { firstRetryMs, random }: SendLegParts,
): Settlement {
  const backoff = { attempts: attempts + 1, firstRetryMs, retryAfterMs, remainingMs };
  return { state: 'waiting', error, retryInMs: retryDelayMs(backoff, random()) };
}

interface Attempt {
  readonly leg: LeasedLeg;
  readonly requestId: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly result: AttemptResult;
  readonly answerBytes: number;
}

/** A note in words, for the operator. */
const NOTES: Readonly<Record<DeliveryNote, string>> = {
  answer_empty: 'the receiver answered without a body; counted as delivered',
};

/** Each attempt is a row of its own; the correlation id joins it with the message that was accepted. */
function record(attempt: Attempt, { messageLog, hub }: SendLegParts): void {
  const { leg, result } = attempt;
  const { push, party } = leg;
  const { error, note = null } = judge(result);
  messageLog.record({
    at: attempt.startedAt,
    ...{ correlationId: clipCorrelationId(push.correlationId), requestId: clip(push.requestId) },
    onwardRequestId: attempt.requestId,
    ...{ parentCorrelationId: null, parentRequestId: null },
    idsMade: false,
    scenario: push.routing === 'hub' ? 'broadcast' : null,
    ...{ version: push.version, module: push.module, interfaceRole: 'RECEIVER', method: push.method },
    fromPlatformId: null,
    toPlatformId: leg.platformId,
    from: partyKey(hub),
    to: party && partyKey(party),
    claimedFrom: null,
    ...statusesOf(result),
    durationMs: attempt.durationMs,
    requestBytes: push.body?.length ?? 0,
    answerBytes: attempt.answerBytes,
    error,
    ...{ reason: null, note: note && NOTES[note], path: null },
  });
}

/** Without an answer, the statuses that a caller of the hub would have been given. */
function statusesOf(result: AttemptResult): { httpStatus: number; ocpiStatus: number | null } {
  if (result.refusal === undefined)
    return { httpStatus: result.httpStatus, ocpiStatus: result.ocpiStatus ?? null };
  const { httpStatus, ocpiStatus } = REFUSALS[result.refusal];
  return { httpStatus, ocpiStatus };
}

import { type PartyId, type PartyKey, partyKey, parseTarget } from '@app/ocpi';
import {
  type Accepted,
  type Authenticated,
  type Identified,
  type Incoming,
  type Outgoing,
  type Permitted,
  type Relayed,
} from '../exchange';
import { clipCorrelationId } from '../message-ids';
import { type MessageRow } from '../ports';

/** However far a message came: each field is known once its step is done. */
export type Progress = Incoming &
  Partial<Accepted & Authenticated & Identified & Permitted & Relayed> & {
    readonly refusal?: string;
    /** The refusal in words. */
    readonly reason?: string;
    /** It is for no URL of the hub. */
    readonly strayPath?: string | undefined;
    readonly claimedFrom?: PartyKey | undefined;
  };

/** Peers may send ids of any length; the log keeps this many characters. */
const MAX_LOGGED_CHARACTERS = 255;

/** Step 7: the message as one row of the log. Never payloads, never tokens. */
export function trace(progress: Progress, outgoing: Outgoing, ocpiStatus: number, now: Date): MessageRow {
  const target = progress.target ?? parseTarget(progress.path);
  return {
    at: progress.receivedAt,
    correlationId: clipCorrelationId(progress.ids.correlationId),
    requestId: clip(progress.ids.requestId),
    onwardRequestId: progress.onwardRequestId ?? null,
    parentCorrelationId: progress.cause?.correlationId ?? null,
    parentRequestId: progress.cause?.requestId ?? null,
    idsMade: progress.idsMade,
    scenario: progress.scenario ?? null,
    version: target?.version ?? null,
    module: target ? clip(target.module) : null,
    interfaceRole: target?.interfaceRole ?? null,
    method: clip(progress.method),
    fromPlatformId: progress.caller?.id ?? null,
    toPlatformId: progress.receiver?.platform.id ?? null,
    from: nameOf(progress.from),
    to: nameOf(progress.receiver?.party ?? progress.to),
    claimedFrom: progress.claimedFrom ?? null,
    httpStatus: outgoing.httpStatus,
    ocpiStatus,
    durationMs: now.getTime() - progress.receivedAt.getTime(),
    requestBytes: progress.body?.length ?? 0,
    answerBytes: outgoing.body.length,
    error: progress.refusal ?? null,
    reason: progress.reason === undefined ? null : clipReason(progress.reason),
    note: progress.note === undefined ? null : clipReason(progress.note),
    path: progress.strayPath === undefined ? null : clip(progress.strayPath),
  };
}

function nameOf(party: PartyId | undefined): string | null {
  return party ? partyKey(party) : null;
}

/** Words of the hub, with an excerpt of at most 200 characters: this many fit all of them. */
const MAX_REASON_CHARACTERS = 500;

function clipReason(text: string): string {
  return text.slice(0, MAX_REASON_CHARACTERS);
}

/** An id of a peer, as the log keeps it. */
export function clip(text: string): string {
  return text.length > MAX_LOGGED_CHARACTERS ? text.slice(0, MAX_LOGGED_CHARACTERS) : text;
}

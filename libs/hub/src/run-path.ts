/**
 * The journey of a functional message, and what happens when it ends early.
 */
import { type CaptureParts, captureSent } from './capture';
import { type CallerParts, lookUpTokens, withSecondLook } from './callers';
import {
  type Accepted,
  type Authenticated,
  type Identified,
  type Incoming,
  type Outgoing,
  type Permitted,
  type Relayed,
} from './exchange';
import { type FinderParts, findReceiver, type Learner } from './finders';
import { asHubError, type HubError } from './hub-error';
import { requireNotOwn } from './own-mark';
import { accept } from './path/accept';
import { authenticate } from './path/authenticate';
import { identify } from './path/identify';
import { permit, type PermitParts } from './path/permit';
import { relay, type RelayParts } from './path/relay';
import { rewrite } from './path/rewrite';
import { type Progress, trace } from './path/trace';
import { type Log, type MessageLog } from './ports';
import { type RefusalCode } from './refusals';
import { refusalAnswer } from './refusal-answer';
import { isLarge, nextTurn } from './turn-budget';

export interface PathParts extends CallerParts, PermitParts, FinderParts, RelayParts, CaptureParts {
  readonly messageLog: MessageLog;
  readonly learner: Pick<Learner, 'hear'>;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Takes one functional message through the seven steps.
 *
 * @returns what the caller is answered; refusals are answers too, so this never throws
 */
export async function runPath(incoming: Incoming, parts: PathParts): Promise<Outgoing> {
  let progress: Progress = incoming;
  try {
    const accepted = (progress = accept(incoming));
    const caller = knownCaller(accepted, parts);
    const authenticated = (progress = caller instanceof Promise ? await caller : caller);
    admitCaller(authenticated, parts);
    const identified = (progress = identify(authenticated, parts.directory));
    const receiver = knownReceiver(identified, parts);
    const permitted = (progress = receiver instanceof Promise ? await receiver : receiver);
    if (isLarge(permitted.body, permitted.headers['content-encoding'])) await nextTurn();
    const addressed =
      permitted.scenario === 'open_routing' ? (progress = await findReceiver(permitted, parts)) : permitted;
    const relayed = (progress = await relay(addressed, parts));
    if (isLargeExchange(relayed)) await nextTurn();
    const outgoing = rewrite(relayed);
    parts.messageLog.record(trace(relayed, outgoing, relayed.answer.ocpiStatus, parts.now()));
    captureSent(relayed, outgoing, parts);
    parts.learner.hear(relayed);
    return outgoing;
  } catch (error) {
    return refuse(progress, asHubError(error), parts);
  }
}

/** Request and answer are looked into once more: for a capture, and for what they show of owners. */
function isLargeExchange({ body, headers, answer }: Relayed): boolean {
  return (
    isLarge(body, headers['content-encoding']) || isLarge(answer.body, answer.headers['content-encoding'])
  );
}

function knownCaller(accepted: Accepted, parts: PathParts): Authenticated | Promise<Authenticated> {
  return withSecondLook(
    'unauthorized',
    () => authenticate(accepted, parts.directory),
    () => lookUpTokens(accepted, parts.newcomers),
  );
}

/** @throws HubError `client_certificate_required`, `message_loop` */
function admitCaller(authenticated: Authenticated, parts: PathParts): void {
  const { caller, token } = authenticated;
  parts.certificates.require(caller, authenticated);
  requireNotOwn(authenticated.headers, parts.ownMark);
  parts.tokenGrace.used(caller, token);
  parts.signs.seen(caller.id);
}

function knownReceiver(identified: Identified, parts: PathParts): Permitted | Promise<Permitted> {
  return withSecondLook(
    'receiver_unknown',
    () => permit(identified, parts),
    () => parts.newcomers.lookUpParty(identified.to!),
  );
}

/** A message that ends early: what the caller is answered, and the row of the log. */
export function refuse(progress: Progress, error: HubError, parts: PathParts): Outgoing {
  const now = parts.now();
  const outgoing = refusalAnswer(
    error,
    progress.ids,
    now,
    progress.from && { to: progress.from, from: parts.hub },
  );
  const { code: refusal, reason, claimedFrom } = error;
  const strayPath = refusal === 'no_such_url' && progress.caller ? progress.path.split('?', 1)[0] : undefined;
  const refused = { ...progress, refusal, reason, claimedFrom, strayPath };
  parts.messageLog.record(trace(refused, outgoing, error.row.ocpiStatus, now));
  captureSent(refused, outgoing, parts);
  tellOperator(progress, error, parts.log);
  return outgoing;
}

/** Refusals that an operator must act on. */
const TOLD: Readonly<Partial<Record<RefusalCode, string>>> = {
  hub_token_refused: 'platform refuses the token that it gave to the hub',
  message_loop: 'an endpoint of a platform leads back to the hub',
  callback_moved: 'callback URL leads to a host that is no longer one of the platform',
};

/** Most refusals are the peers' own business and stand in the message log; these need somebody to act. */
function tellOperator({ ids, receiver }: Progress, error: HubError, log: Log): void {
  const fields = { correlationId: ids.correlationId, platformId: receiver?.platform.id };
  if (error.code === 'internal') log.error({ ...fields, err: error.cause }, 'message failed inside the hub');
  const warning = TOLD[error.code];
  if (warning) log.warn({ ...fields, why: error.reason }, warning);
}

/**
 * The direct road: one message to one party.
 *
 * Spec: 2.2.1-d2 transport_and_format, Party to Party via Hub; Unique message IDs.
 */
import {
  idHeaders,
  isTooDeep,
  joinEndpoint,
  onwardHeaders,
  partyKey,
  type Patience,
  routingHeaders,
  statusCodeOf,
  TOO_DEEP,
} from '@app/ocpi';
import { type Answer, learned, type Permitted, type Receiver, type Relayed } from '../exchange';
import { HubError, REFUSAL_OF_FAULT } from '../hub-error';
import { completedList, completedPush } from '../complete-members';
import { decodedBody } from '../content';
import { carriesUrl, type Detours, furtherOffset } from '../detours';
import { type PlatformEntry } from '../directory';
import { maskedExcerpt } from '../masked-excerpt';
import { type Courier, type CourierAnswer, CourierFault, type CourierRequest, TLS_REASONS } from '../ports';

/** How long an answer is waited for, in ms. */
export type Patiences = Readonly<Record<Patience, number>>;

export interface DirectParts {
  readonly courier: Courier;
  readonly patience: Patiences;
  readonly newId: () => string;
  readonly detours: Detours;
}

/**
 * Hands the message to its receiver and brings the answer back, bytes untouched but for what versions require.
 *
 * @throws HubError when there is no OCPI answer to hand back
 */
export async function direct(permitted: Permitted, parts: DirectParts): Promise<Relayed> {
  const { receiver } = permitted;
  if (!receiver) throw new HubError('receiver_unknown');
  const message = permitted.operation?.responseUrl
    ? await parts.detours.onward(permitted, receiver)
    : completedPush(permitted, receiver);
  const onwardRequestId = parts.newId();
  // Known before it is sent: a message that comes to nothing is looked for by this id, too.
  learned(permitted, { onwardRequestId });
  const made = onwardRequest(message, receiver, onwardRequestId, parts.patience);
  const further = furtherOffset(permitted) ? await parts.detours.furtherPage(permitted, receiver) : {};
  if (further.page) learned(permitted, { page: further.page });
  const request = further.url === undefined ? made : { ...made, url: further.url };
  const given = completedList(permitted, receiver, readAnswer(await send(parts.courier, request), receiver));
  const answer = carriesUrl(given)
    ? await parts.detours.backward(permitted, receiver, request.url, given)
    : given;
  return learned(permitted, { answer, onwardRequestId });
}

function onwardRequest(
  message: Permitted,
  { platform, party, endpoint }: Receiver,
  requestId: string,
  patience: Patiences,
): CourierRequest {
  const { target, headers, ids, from, operation } = message;
  return {
    platformId: platform.id,
    callerId: message.caller.id,
    module: target.module,
    method: message.method,
    url: joinEndpoint(endpoint, target.rest, target.query),
    headers: [
      ...['Authorization', platform.authorization ?? ''],
      ...routingHeaders(party, from),
      ...idHeaders({ requestId, correlationId: ids.correlationId }),
      ...onwardHeaders(headers, message.body !== null),
    ],
    body: message.body,
    timeoutMs: patience[operation?.patience ?? 'forward'],
  };
}

/** Sends through the courier; its faults become refusals. @throws HubError */
export function send(courier: Courier, request: CourierRequest): Promise<CourierAnswer> {
  return courier.send(request).catch(refuse);
}

function refuse(error: unknown): never {
  if (!(error instanceof CourierFault)) throw error;
  const { kind, retryAfterSeconds, tlsReason } = error;
  const detail = tlsReason && TLS_REASONS[tlsReason];
  throw new HubError(REFUSAL_OF_FAULT[kind], detail, { cause: error, retryAfterSeconds });
}

/**
 * What a receiver's HTTP answer means. Any HTTP status with an OCPI envelope goes back as it is; 401 and 403
 * are about the hub's own token, and the caller must not think that *its* token died.
 */
function readAnswer(answer: CourierAnswer, { party, platform }: Receiver): Answer {
  const { httpStatus, headers, body } = answer;
  if (httpStatus === 401 || httpStatus === 403) throw new HubError('hub_token_refused', partyKey(party));
  const plain = decodedBody(body, headers['content-encoding'], platform.id);
  const ocpiStatus = plain && statusCodeOf(plain);
  if (ocpiStatus === undefined) {
    const why = whyNotOcpi(plain, platform);
    throw new HubError('answer_not_ocpi', `${partyKey(party)}, HTTP ${httpStatus}, ${why}`);
  }
  return { httpStatus, ocpiStatus, headers, body, from: party };
}

/** What stands in the place of an envelope, in at most 200 characters of the answer. */
function whyNotOcpi(plain: Buffer | undefined, { authorization }: PlatformEntry): string {
  if (!plain) return 'its Content-Encoding cannot be read, or not within what answers may unpack to';
  if (plain.length === 0) return 'without a body';
  if (isTooDeep(plain)) return TOO_DEEP;
  const said = maskedExcerpt(plain, authorization);
  return said === '' ? 'without a printable character' : `it begins: ${said}`;
}

import { type Directory } from '../directory';
import {
  type CapturedMessage,
  type Courier,
  type CourierAnswer,
  CourierFault,
  type CourierRequest,
  type RunningCapture,
} from '../ports';
import { type CaptureParts } from './capture-sent';
import { headersOf, keptBody, keptHeaders, type Keeping } from './kept';
import { maskedText, secretsOf } from './mask';
import { quietly } from './quietly';
import { captureOf } from './running';

export interface CourierCaptureParts extends CaptureParts {
  readonly directory: Pick<Directory, 'platform'>;
}

/**
 * A courier that keeps what it brings to a platform, and what that answers, while the operator captures the
 * platform: direct messages, callbacks, questions of the hub, attempts of deliveries. Where nobody does, it costs
 * one look-up.
 */
export function capturingCourier(courier: Courier, parts: CourierCaptureParts): Courier {
  const send = (request: CourierRequest): Promise<CourierAnswer> => {
    if (request.module === undefined) return courier.send(request);
    const platform = parts.directory.platform(request.platformId);
    if (!platform?.record.capture) return courier.send(request);
    const capture = captureOf(platform, request.module, parts.now());
    return capture ? sendCaptured(courier, request, capture, parts) : courier.send(request);
  };
  return { send, close: () => courier.close() };
}

async function sendCaptured(
  courier: Courier,
  request: CourierRequest,
  capture: RunningCapture,
  { captures, log, now }: CaptureParts,
): Promise<CourierAnswer> {
  const at = now();
  const keep = (end: CourierAnswer | CourierFault): void =>
    quietly(log, () =>
      captures.record(request.platformId, capture.id, { at, ...messageOf(request, end, capture) }),
    );
  try {
    const answer = await courier.send(request);
    keep(answer);
    return answer;
  } catch (error) {
    if (error instanceof CourierFault) keep(error);
    throw error;
  }
}

function messageOf(
  request: CourierRequest,
  end: CourierAnswer | CourierFault,
  { maxPayloadBytes }: RunningCapture,
): Omit<CapturedMessage, 'at'> {
  const headers = headersOf(request.headers);
  const secrets = secretsOf(headers.authorization);
  const keeping = { maxPayloadBytes, secrets };
  return {
    ...{ direction: 'received', method: request.method, url: maskedText(request.url, secrets) },
    requestHeaders: keptHeaders(headers, secrets),
    requestBody: keptBody(request.body, headers['content-encoding'], keeping),
    ...endOf(end, keeping),
  };
}

type End = Pick<CapturedMessage, 'httpStatus' | 'error' | 'answerHeaders' | 'answerBody'>;

function endOf(end: CourierAnswer | CourierFault, keeping: Keeping): End {
  if (end instanceof CourierFault) {
    return { httpStatus: null, error: end.kind, answerHeaders: {}, answerBody: null };
  }
  return {
    ...{ httpStatus: end.httpStatus, error: null },
    answerHeaders: keptHeaders(end.headers, keeping.secrets),
    answerBody: keptBody(end.body, end.headers['content-encoding'], keeping),
  };
}

import { single } from '@app/ocpi';
import { type Outgoing } from '../exchange';
import { type PlatformEntry } from '../directory';
import { type Progress } from '../path/trace';
import { type CaptureLog, type CapturedMessage, type Log, type RunningCapture } from '../ports';
import { headersOf, keptBody, keptHeaders, type Keeping } from './kept';
import { maskedText, secretsOf } from './mask';
import { quietly } from './quietly';
import { captureOf } from './running';

export interface CaptureParts {
  readonly captures: Pick<CaptureLog, 'record'>;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Keeps a request of a platform with what it was answered, while the operator captures the platform. It asks for
 * one property and does no more where nobody does.
 */
export function captureSent(progress: Progress, outgoing: Outgoing, parts: CaptureParts): void {
  const { caller } = progress;
  if (!caller?.record.capture) return;
  quietly(parts.log, () => {
    const capture = captureOf(caller, progress.target?.module, parts.now());
    if (capture)
      parts.captures.record(caller.id, capture.id, messageOf({ progress, outgoing, caller, capture }));
  });
}

interface Sent {
  readonly progress: Progress;
  readonly outgoing: Outgoing;
  readonly caller: PlatformEntry;
  readonly capture: RunningCapture;
}

function messageOf({ progress, outgoing, caller, capture }: Sent): CapturedMessage {
  const own = single(progress.headers.authorization);
  const secrets = secretsOf(own, caller.authorization, progress.receiver?.platform.authorization);
  const keeping: Keeping = { maxPayloadBytes: capture.maxPayloadBytes, secrets };
  const { headers, receivedAt, method, path, body } = progress;
  const answerHeaders = headersOf(outgoing.headers);
  return {
    ...{ at: receivedAt, direction: 'sent', method, url: maskedText(path, keeping.secrets) },
    ...{ httpStatus: outgoing.httpStatus, error: progress.refusal ?? null },
    requestHeaders: keptHeaders(headers, keeping.secrets),
    answerHeaders: keptHeaders(answerHeaders, keeping.secrets),
    requestBody: keptBody(body, single(headers['content-encoding']), keeping),
    answerBody: keptBody(outgoing.body, answerHeaders['content-encoding'], keeping),
  };
}

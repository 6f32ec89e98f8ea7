import { type Courier, type CourierAnswer, CourierFault, type CourierRequest } from '../ports';
import { type LifeSigns } from './life-signs';

/** A courier whose every request says something about its platform: an answer is a sign of life, a fault is not. */
export function watchedCourier(courier: Courier, signs: Pick<LifeSigns, 'seen' | 'failed'>): Courier {
  // Noted beside the answer's way, which is not longer for it.
  const send = (request: CourierRequest): Promise<CourierAnswer> => {
    const answer = courier.send(request);
    void answer.then(
      (given) => noteAnswer(given, request.platformId, signs),
      (error: unknown) => {
        if (error instanceof CourierFault) signs.failed(request.platformId, error.kind);
      },
    );
    return answer;
  };
  return { send, close: () => courier.close() };
}

/**
 * 401 and 403 are failures: the platform is there, but no message can be handed to it. What does not look like an
 * OCPI message says nothing either way: it may come from a proxy before a platform that is down.
 */
function noteAnswer(
  { httpStatus, headers, body }: CourierAnswer,
  platformId: string,
  signs: Pick<LifeSigns, 'seen' | 'failed'>,
): void {
  if (httpStatus === 401 || httpStatus === 403) signs.failed(platformId, 'token_refused');
  else if (headers['content-type']?.includes('json') || body[0] === OPENING_BRACE) signs.seen(platformId);
}

const OPENING_BRACE = '{'.charCodeAt(0);

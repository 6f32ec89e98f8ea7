/** A hub with a CPO, an eMSP and a stranger, whose URLs are followed through it, and a clock that can be moved. */
import { type CallAnswer, type ReceivedRequest } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from './hub';

export const CPO = party('NL*CPO', 'CPO');
export const EMSP = party('DE*MSP', 'EMSP');
export const DAY_MS = 86_400_000;

export interface DetourWorld {
  readonly hub: TestHub;
  /** Hosts NL*CPO and NL*CP2. */
  readonly cpo: JoinedPlatform;
  readonly emsp: JoinedPlatform;
  /** Has nothing to do with any of it. */
  readonly stranger: JoinedPlatform;
  /** After each test: the right time, and nothing received. */
  reset(): void;
}

/** Starts it; its hub lets results come back for 30 days. */
export async function startDetourWorld(): Promise<DetourWorld> {
  const hub = await startHub({ CALLBACK_TTL_SECONDS: String(30 * 86_400) });
  const cpo = await hub.join('cpo', [CPO, party('NL*CP2', 'CPO')]);
  const emsp = await hub.join('emsp', [EMSP]);
  const stranger = await hub.join('stranger', [party('FR*CPO', 'CPO'), party('FR*MSP', 'EMSP')]);
  const reset = (): void => {
    jest.useRealTimers();
    for (const platform of [cpo, emsp, stranger]) platform.clear();
  };
  return { hub, cpo, emsp, stranger, reset };
}

/** Moves the clock of the hub, which runs in this process. Timers go on as they are. */
export function laterBy(ms: number): void {
  jest.useFakeTimers({
    now: Date.now() + ms,
    doNotFake: [
      ...(['setTimeout', 'setInterval', 'setImmediate'] as const),
      ...(['clearTimeout', 'clearInterval', 'clearImmediate'] as const),
      ...(['nextTick', 'queueMicrotask', 'performance', 'hrtime'] as const),
    ],
  });
}

/** The newest functional request. */
export function last({ received }: JoinedPlatform): ReceivedRequest {
  return received.at(-1)!;
}

/** HTTP and OCPI status. */
export function statusOf(answer: CallAnswer): number[] {
  return [answer.httpStatus, answer.json().status_code];
}

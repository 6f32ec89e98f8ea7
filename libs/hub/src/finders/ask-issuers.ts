/**
 * Nobody is known to have the id: everybody who might is asked.
 *
 * Spec: 2.2.1-d2 transport_and_format, Open Routing Request; mod_tokens, POST Method.
 */
import { type AskRow, STATUS, stringAtPath } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Directory } from '../directory';
import { type Permitted, type Receiver, type Relayed } from '../exchange';
import { HubError } from '../hub-error';
import { direct, type DirectParts } from '../roads/direct';
import { issuersOf } from './issuers';

/**
 * Parties asked at the same time; the next is asked when one has answered. At 100 ms an answer, 3 s are enough
 * for 1,900 parties, and one question to all of them cannot take every socket of the hub.
 */
const MAX_ASKED_AT_ONCE = 64;

export interface AskParts extends DirectParts {
  readonly directory: Directory;
  readonly now: () => Date;
}

/**
 * Asks every party that may have the token, all within the time of one request. The first ALLOWED is the answer,
 * and the others are not waited for; else the most telling of the other answers.
 *
 * When not one can say, the answer of one of them in trouble is handed back, as a direct one would be.
 *
 * @throws HubError `token_unknown` when those who could say do not know it, `answer_timeout` when one that
 *   might know did not answer in time, `issuers_unreachable` when not one could be reached
 */
export function askIssuers(message: Permitted, ask: AskRow, parts: AskParts): Promise<Relayed> {
  return new Poll(message, ask, parts).run();
}

class Poll {
  private readonly toAsk: Receiver[];
  private readonly total: number;
  private readonly endsAt: number;
  private ended = false;
  private stop: () => void = () => undefined;
  private best: { readonly rank: number; readonly relayed: Relayed } | undefined;
  private unknowing = 0;
  /** Who could not be reached, or is in trouble. */
  private unable = 0;
  private trouble: Relayed | undefined;

  constructor(
    private readonly message: Permitted,
    private readonly row: AskRow,
    private readonly parts: AskParts,
  ) {
    this.toAsk = issuersOf(message, parts.directory);
    this.total = this.toAsk.length;
    this.endsAt = parts.now().getTime() + parts.patience[this.patience];
  }

  async run(): Promise<Relayed> {
    const enough = new Promise<void>((resolve) => (this.stop = resolve));
    const timer = setTimeout(() => this.stop(), this.leftMs);
    const askers = Array.from({ length: Math.min(MAX_ASKED_AT_ONCE, this.total) }, () => this.askOn());
    await Promise.race([Promise.all(askers), enough]);
    clearTimeout(timer);
    this.ended = true;
    return this.best?.relayed ?? this.withoutVerdict();
  }

  private get patience(): keyof DirectParts['patience'] {
    return this.message.operation?.patience ?? 'forward';
  }

  private get leftMs(): number {
    return Math.max(1, this.endsAt - this.parts.now().getTime());
  }

  private async askOn(): Promise<void> {
    for (let next = this.toAsk.pop(); next && !this.ended; next = this.toAsk.pop()) {
      await this.ask(next);
    }
  }

  private async ask(receiver: Receiver): Promise<void> {
    const patience = { ...this.parts.patience, [this.patience]: this.leftMs };
    try {
      this.take(await direct({ ...this.message, receiver }, { ...this.parts, patience }));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.row.ocpiStatus === STATUS.CONNECTION_PROBLEM) this.unable++;
      else if (error.row.ocpiStatus !== STATUS.TIMEOUT) this.unknowing++;
    }
  }

  private take(relayed: Relayed): void {
    const rank = this.rankOf(relayed);
    if (rank === undefined) this.takeWithoutVerdict(relayed);
    else if (rank < (this.best?.rank ?? Infinity)) this.best = { rank, relayed };
    if (rank === 0) this.stop();
  }

  private takeWithoutVerdict(relayed: Relayed): void {
    const { httpStatus, ocpiStatus } = relayed.answer;
    if (httpStatus < 500 && ocpiStatus < STATUS.SERVER_ERROR) this.unknowing++;
    else {
      this.unable++;
      this.trouble ??= relayed;
    }
  }

  /** 0 is the best; `undefined` when this party does not know the id. */
  private rankOf({ answer, receiver }: Relayed): number | undefined {
    const { verdict, verdicts } = this.row;
    // It knows the token and wants to know more before it says yes or no.
    if (answer.ocpiStatus === STATUS.NOT_ENOUGH_INFORMATION) return verdicts.length;
    if (answer.ocpiStatus !== STATUS.SUCCESS) return undefined;
    const plain = decodedBody(answer.body, answer.headers['content-encoding'], receiver?.platform.id ?? null);
    const rank = verdicts.indexOf((plain && stringAtPath(plain, verdict)) ?? '');
    return rank === -1 ? undefined : rank;
  }

  /** Spec: 2.2.1-d2 status_codes, 4xxx: Hub errors: a receiver's error is forwarded. */
  private withoutVerdict(): Relayed {
    const { total, unknowing, unable } = this;
    const silent = total - unknowing - unable;
    if (silent > 0) throw new HubError('answer_timeout', `${silent} of ${total} parties that were asked`);
    if (this.trouble && unable === total) return this.trouble;
    if (total > 0 && unable === total) throw new HubError('issuers_unreachable');
    throw new HubError('token_unknown', `${unknowing} of ${total} parties were asked and do not know it`);
  }
}

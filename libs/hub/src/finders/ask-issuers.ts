/**
 * Several parties may have an id: those who are remembered to have it are asked first, then everybody who might.
 *
 * Spec: 2.2.1-d2 transport_and_format, Open Routing Request; mod_tokens, POST Method.
 */
import { type AskRow, type PartyId, partyKey, type PartyKey, STATUS, stringAtPath } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Permitted, type Receiver, type Relayed } from '../exchange';
import { HubError } from '../hub-error';
import { direct, type DirectParts } from '../roads/direct';
import { isLarge, nextTurn } from '../turn-budget';
import { ambiguous, askedId, finderOf } from './find-receiver';
import { type FinderParts, type Holders, holdersOf } from './holders';
import { issuersOf, receiversAmong } from './issuers';

/**
 * Parties asked at the same time; the next is asked when one has answered. At 100 ms an answer, 3 s are enough
 * for 1,900 parties, and one question to all of them cannot take every socket of the hub.
 */
const MAX_ASKED_AT_ONCE = 64;
/** Share of the time of a request after which silent holders no longer keep the others from being asked. */
const HEAD_START = 0.4;
/** For this long, in ms, the other holders of an id may still say ALLOWED, too, once one has. */
const SECOND_ALLOWED_MS = 300;

export interface AskParts extends DirectParts, FinderParts {
  readonly now: () => Date;
}

/**
 * Asks who has the token, all within the time of one request. The remembered holders are asked first: one ALLOWED of
 * them is the answer, else the most telling of their other answers. When not one of them can say, everybody else who
 * may have it is asked as if nothing were remembered, and the first ALLOWED is the answer; the memory is put right.
 *
 * When not one can say, the answer of one of them in trouble is handed back, as a direct one would be.
 *
 * @throws HubError `receiver_ambiguous` when two holders say ALLOWED, `token_unknown` when those who could say do not
 *   know it, `answer_timeout` when one that might know did not answer in time, `issuers_unreachable` when not one
 *   could be reached
 */
export async function askIssuers(message: Permitted, ask: AskRow, parts: AskParts): Promise<Relayed> {
  const holders = await rememberedBy(message, parts);
  const poll = new Poll(message, ask, parts);
  try {
    return await poll.run(receiversAmong(holders.meant, message, parts.directory));
  } finally {
    forget(message, [...holders.left, ...holders.gone, ...poll.wronglyHeld], parts);
  }
}

const NONE: Holders = { meant: [], hidden: [], left: [], gone: [] };

/** A memory that cannot be read is none: it is a hint. */
async function rememberedBy(message: Permitted, parts: AskParts): Promise<Holders> {
  const owned = askedId(message);
  return owned ? holdersOf(owned, message, parts).catch(() => NONE) : NONE;
}

function forget(message: Permitted, owners: readonly PartyId[], { owners: index }: AskParts): void {
  const owned = askedId(message);
  if (owned && owners.length > 0) index.forget(owners.map((owner) => ({ ...owned, owner })));
}

class Poll {
  private toAsk: Receiver[] = [];
  private total = 0;
  private readonly startedAt: number;
  private readonly endsAt: number;
  private ended = false;
  private stop: () => void = () => undefined;
  private best: { readonly rank: number; readonly relayed: Relayed } | undefined;
  private allowed = 0;
  private unknowing = 0;
  /** Who could not be reached, or is in trouble. */
  private unable = 0;
  private trouble: Relayed | undefined;
  private holders: readonly Receiver[] = [];
  /** What each holder is to the memory: it knows the id, or says that it does not. */
  private readonly said = new Map<PartyKey, 'known' | 'unknown'>();

  constructor(
    private readonly message: Permitted,
    private readonly row: AskRow,
    private readonly parts: AskParts,
  ) {
    this.startedAt = parts.now().getTime();
    this.endsAt = this.startedAt + parts.patience[this.patience];
  }

  async run(holders: readonly Receiver[]): Promise<Relayed> {
    this.holders = holders;
    const first = this.askAll(holders);
    if (holders.length > 0) await this.within(first, (this.endsAt - this.startedAt) * HEAD_START);
    if (this.allowed > 1)
      throw ambiguous(finderOf(this.message)!.clues.find((clue) => clue.say === 'id')!.id);
    if (!this.best) await this.within(Promise.all([first, this.askAll(this.others())]), this.leftMs);
    this.ended = true;
    return this.best?.relayed ?? this.withoutVerdict();
  }

  /** Holders that do not know the id, and those that could not say while another party knows it. */
  get wronglyHeld(): readonly PartyId[] {
    const { best } = this;
    const others = this.holders.filter(({ party }) => {
      const said = this.said.get(partyKey(party));
      return said === 'unknown' || (said === undefined && best !== undefined);
    });
    return others.map(({ party }) => party).filter((party) => party !== best?.relayed.receiver?.party);
  }

  private others(): Receiver[] {
    const asked = new Set(this.holders.map(({ party }) => partyKey(party)));
    return issuersOf(this.message, this.parts.directory).filter(({ party }) => !asked.has(partyKey(party)));
  }

  private askAll(receivers: readonly Receiver[]): Promise<unknown> {
    this.total += receivers.length;
    this.toAsk.push(...receivers);
    const askers = Math.min(MAX_ASKED_AT_ONCE, receivers.length);
    return Promise.all(Array.from({ length: askers }, () => this.askOn()));
  }

  /** Waits for work to end, for `stop`, or for so many ms. */
  private async within(work: Promise<unknown>, ms: number): Promise<void> {
    const enough = new Promise<void>((resolve) => (this.stop = resolve));
    const timer = setTimeout(() => this.stop(), Math.max(1, ms));
    await Promise.race([work, enough]);
    clearTimeout(timer);
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
      const relayed = await direct({ ...this.message, receiver }, { ...this.parts, patience });
      if (isLarge(relayed.answer.body, relayed.answer.headers['content-encoding'])) await nextTurn();
      this.take(relayed);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.row.ocpiStatus === STATUS.CONNECTION_PROBLEM) this.unable++;
      else if (error.row.ocpiStatus !== STATUS.TIMEOUT) this.unknowing++;
    }
  }

  private take(relayed: Relayed): void {
    const rank = this.rankOf(relayed);
    this.said.set(partyKey(relayed.answer.from), rank === undefined ? 'unknown' : 'known');
    if (rank === undefined) this.takeWithoutVerdict(relayed);
    else if (rank < (this.best?.rank ?? Infinity)) this.best = { rank, relayed };
    if (rank === 0) this.takeAllowed();
  }

  /** Of holders two may say so, and then neither is believed; of all others the first one is. */
  private takeAllowed(): void {
    this.allowed++;
    if (this.holders.length < 2 || this.allowed > 1) this.stop();
    else setTimeout(() => this.stop(), SECOND_ALLOWED_MS).unref();
  }

  private takeWithoutVerdict(relayed: Relayed): void {
    const { httpStatus, ocpiStatus } = relayed.answer;
    if (httpStatus < 500 && ocpiStatus < STATUS.SERVER_ERROR) this.unknowing++;
    else {
      this.unable++;
      this.said.delete(partyKey(relayed.answer.from));
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

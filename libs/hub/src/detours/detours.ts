/**
 * Makes what peers hand each other lead back through the hub: each URL is replaced by one of the hub's that is
 * bound to the two parties and durable before anybody sees it.
 */
import { type DetourKind, detourUrl, isDetourId } from '@app/ocpi';
import { type Answer, type Permitted, type Receiver } from '../exchange';
import { type Detour, type DetourPage, type DetourStore, type Log } from '../ports';
import { backward } from './backward';
import { LINK_TTL_SECONDS } from './limits';
import { listOf } from './list-name';
import { furtherOffset, isCounted } from './next-place';
import { onward } from './onward';
import { requireStillOwn } from './target';
import { type MakeDetours, type Wanted } from './wanted';

export interface DetoursOptions {
  readonly store: DetourStore;
  /** Base of the URLs, without a trailing slash. */
  readonly publicUrl: string;
  /** How long a `response_url`, and the `Location` of a CDR, works, in s. */
  readonly responseTtlSeconds: number;
  /** A new id out of guessing range (`DETOUR_ID_BYTES`), in characters that a URL takes as they are. */
  readonly newId: () => string;
  readonly now: () => Date;
  readonly log: Log;
}

/** A further page of a party's list. */
export interface FurtherPage {
  readonly page?: DetourPage | undefined;
  /** Where it is, when the request does not say so itself. */
  readonly url?: string;
}

export class Detours {
  constructor(private readonly options: DetoursOptions) {}

  /**
   * The message as its receiver is to get it: with a URL of the hub as `response_url`. One without passes
   * unchanged, and the receiver judges.
   *
   * @throws HubError `response_url_*`, `body_not_json`
   */
  onward(message: Permitted, receiver: Receiver): Promise<Permitted> {
    return onward(message, receiver, this.make);
  }

  /**
   * The answer as the caller is to get it: with URLs of the hub in `Link` and `Location`, or none.
   *
   * @param url that the request went to: what relative URLs are relative to
   * @throws HubError `next_page_elsewhere`
   */
  backward(message: Permitted, receiver: Receiver, url: string, answer: Answer): Promise<Answer> {
    return backward({ message, receiver, url, answer }, this.make, this.options.log);
  }

  /** The detour of an id; `undefined` when there is none, or none any more. */
  async find(id: string): Promise<Detour | undefined> {
    if (!isDetourId(id)) return undefined;
    return this.options.store.find(id, this.options.now());
  }

  /** Removes detours whose time is over, at most `limit`. @returns how many */
  purge(limit: number): Promise<number> {
    return this.options.store.purge(this.options.now(), limit);
  }

  /**
   * The page at a party that a request for a further page of its list stands for, when the hub handed its offset out.
   * It has a URL when the party pages by other things than offsets: the `Link` that the party gave. Without a database
   * the request goes on as it is.
   *
   * @throws HubError `callback_moved`
   */
  async furtherPage(message: Permitted, receiver: Receiver): Promise<FurtherPage> {
    const offset = furtherOffset(message);
    if (offset === undefined) return {};
    const kept = await this.findPage(listOf(message, receiver.party), offset).catch((err: unknown) => {
      this.options.log.warn(
        { err },
        'next page of a list cannot be looked up; it is asked for by its offset',
      );
      return undefined;
    });
    if (!kept || kept.owner.platformId !== receiver.platform.id) return {};
    const page = kept.page ?? undefined;
    if (isCounted(kept)) return { page };
    requireStillOwn(receiver.platform, kept.target);
    return { page, url: kept.target };
  }

  /** The newest detour to a page of a list, by the objects before the page. */
  findPage(list: string, offset: number): Promise<Detour | undefined> {
    return this.options.store.findPage(list, offset, this.options.now());
  }

  /** Keeps where a list goes on that the hub puts together. @returns the id of the detour */
  async keepPage(wanted: Wanted & { readonly page: DetourPage }): Promise<string> {
    const [kept] = await this.keep([wanted]);
    return kept!.id;
  }

  private readonly make: MakeDetours = async (wanted) => {
    const kept = await this.keep(wanted);
    return kept.map(({ id }, index) => detourUrl(this.options.publicUrl, wanted[index]!.version, id));
  };

  private async keep(wanted: readonly Wanted[]): Promise<readonly Detour[]> {
    const now = this.options.now();
    const made = wanted.map(({ kind, target, module, interfaceRole, holder, owner, cause, page = null }) => ({
      ...{ id: this.options.newId(), kind, target, module, interfaceRole, holder, owner, cause, page },
      ...{ createdAt: now, expiresAt: this.expiry(kind, now) },
    }));
    await this.options.store.keep(made);
    return made;
  }

  private expiry(kind: DetourKind, now: Date): Date {
    const seconds = kind === 'link' ? LINK_TTL_SECONDS : this.options.responseTtlSeconds;
    return new Date(now.getTime() + seconds * 1_000);
  }
}

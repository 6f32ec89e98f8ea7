/**
 * Makes what peers hand each other lead back through the hub: each URL is replaced by one of the hub's that is
 * bound to the two parties and durable before anybody sees it.
 */
import { type DetourKind, detourUrl, isDetourId } from '@app/ocpi';
import { type Answer, type Permitted, type Receiver } from '../exchange';
import { type Detour, type DetourStore, type Log } from '../ports';
import { backward } from './backward';
import { LINK_TTL_SECONDS } from './limits';
import { onward } from './onward';
import { type MakeDetours } from './wanted';

export interface DetoursOptions {
  readonly store: DetourStore;
  /** Base of the URLs, without a trailing slash. */
  readonly publicUrl: string;
  /** How long a `response_url` works, in s. */
  readonly responseTtlSeconds: number;
  /** A new id out of guessing range (`DETOUR_ID_BYTES`), in characters that a URL takes as they are. */
  readonly newId: () => string;
  readonly now: () => Date;
  readonly log: Log;
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

  private readonly make: MakeDetours = async (wanted) => {
    const now = this.options.now();
    const made = wanted.map(({ version, ...detour }) => {
      const id = this.options.newId();
      const url = detourUrl(this.options.publicUrl, version, id);
      return { url, detour: { ...detour, id, createdAt: now, expiresAt: this.expiry(detour.kind, now) } };
    });
    await this.options.store.keep(made.map(({ detour }) => detour));
    return made.map(({ url }) => url);
  };

  private expiry(kind: DetourKind, now: Date): Date | null {
    const seconds = { response: this.options.responseTtlSeconds, link: LINK_TTL_SECONDS, location: null }[
      kind
    ];
    return seconds === null ? null : new Date(now.getTime() + seconds * 1_000);
  }
}

/**
 * PORT: the URLs that the hub handed out in place of URLs of peers.
 *
 * The adapter is `libs/store` (PostgreSQL); an in-memory twin is in `libs/testkit`.
 */
import { type DetourKind, type InterfaceRole, type MessageIds, type PartyId } from '@app/ocpi';

/** One end of a detour. */
export interface DetourEnd {
  readonly platformId: string;
  readonly party: PartyId;
}

/** The place in a list that a `Link` leads to: the reader may ask for it by its offset as well. */
export interface DetourPage {
  /** Names the list and its reader. */
  readonly list: string;
  /** Objects before the page, as the reader counts them. */
  readonly offset: number;
  /** What the hub needs to go on from there: plain data. */
  readonly place: object;
}

export interface Detour {
  /** The last part of its URL, and what makes it unguessable. */
  readonly id: string;
  readonly kind: DetourKind;
  /** The URL at the owner that it stands for, ready to be sent as it is. */
  readonly target: string;
  /** What the target is a part of: a result goes to the SENDER interface of `commands`. */
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  /** Who was handed it, and alone may use it. */
  readonly holder: DetourEnd;
  /** Whom it leads to. */
  readonly owner: DetourEnd;
  /** The message on whose way it was made, by the ids of its caller; null for those made before this was kept. */
  readonly cause: MessageIds | null;
  readonly createdAt: Date;
  /** From then on it leads nowhere; null = never. */
  readonly expiresAt: Date | null;
  /** Of a `Link`: where in the list it leads to; null for any other URL. */
  readonly page: DetourPage | null;
}

export interface DetourStore {
  /** Durable, for every process, when this resolves; all of them or none. */
  keep(detours: readonly Detour[]): Promise<void>;
  /** `undefined` for an id that was never given out, and for one whose time is over. */
  find(id: string, now: Date): Promise<Detour | undefined>;
  /** The newest one to a page of a list, by the objects before the page. */
  findPage(list: string, offset: number, now: Date): Promise<Detour | undefined>;
  /** Removes those whose time is over, at most `limit` of them. @returns how many */
  purge(now: Date, limit: number): Promise<number>;
}

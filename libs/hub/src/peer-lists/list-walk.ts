/**
 * Reads the list of one party page by page, however the party pages. Pure: the caller asks, the walk says for what.
 *
 * Peers ignore `offset` and `limit`, repeat pages, link to themselves, link on from empty pages, or count wrongly. The
 * walk gives each object once, ends within a few requests, and says what is known to be missing.
 *
 * Spec: 2.2.1-d2 transport_and_format, Pagination.
 */
import { fingerprintOf } from './object-name';

/** Pages in a row without a new object that end a walk. Some peers leave a page or two of other clients' objects empty. */
export const MAX_IDLE_PAGES = 3;
/** URLs of pages that a walk remembers. */
const REMEMBERED_URLS = 100;

/** The page that a page leads to. */
export type NextPage =
  | { readonly kind: 'none' }
  | { readonly kind: 'own'; readonly url: string }
  /** On a host that is not the peer's own: the request would show it the token. */
  | { readonly kind: 'elsewhere'; readonly where: string };

/** One page, as the walk looks at it. */
export interface WalkedPage {
  /** Each object's own bytes. */
  readonly elements: readonly Buffer[];
  readonly next: NextPage;
  /** `X-Total-Count` */
  readonly total: number | undefined;
  /** `X-Limit` */
  readonly limit: number | undefined;
}

/** Where a walk stands. Plain data, so that it can be kept between two requests of a reader. */
export interface WalkState {
  /** The page that is asked for next. */
  readonly url: string;
  /** Objects that it was asked to have at most. */
  readonly limit: number;
  /** Objects of this page that the reader has already. */
  readonly skip: number;
  /** Different objects before this page: the offset that is counted on from. */
  readonly found: number;
  /** Pages without a new object just before this one. */
  readonly idle: number;
  /** Objects of the list in all, as the peer said last; null: it did not. */
  readonly total: number | null;
  /** The page was reached by a `Link`, or by counting. */
  readonly by: 'link' | 'offset';
  /** The first object of the list; null before the first page. */
  readonly first: string | null;
  /** The last objects that came, and the last pages that were asked for, as fingerprints. */
  readonly seen: readonly string[];
  readonly asked: readonly string[];
}

export interface WalkOptions {
  /** The URL that asks for the list from an offset on. */
  readonly urlAt: (offset: number) => string;
  /** Objects that this URL asks for. */
  readonly limit: number;
  /** Objects that the walk remembers, to tell a repeated one. */
  readonly memory: number;
}

export class ListWalk {
  private state: WalkState;
  private readonly seen: Set<string>;
  private readonly asked: Set<string>;
  private over = false;
  private missing: string | undefined;
  private unsure = false;

  /** @param state of an earlier walk that is to go on; left out: from the beginning */
  constructor(
    private readonly options: WalkOptions,
    state: WalkState = beginning(options),
  ) {
    this.state = state;
    this.seen = new Set(state.seen);
    this.asked = new Set(state.asked);
  }

  /** The page that is asked for next. */
  get url(): string {
    return this.state.url;
  }

  /** The peer did not say that this page is there: it was counted from the page before. */
  get isGuess(): boolean {
    return this.state.by === 'offset' && this.state.found > 0;
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Different objects so far. */
  get found(): number {
    return this.state.found;
  }

  /** What is known to be missing when the walk is over, for people; `undefined`: nothing. */
  get shortage(): string | undefined {
    return this.missing;
  }

  /** The walk is over and showed the whole list, as far as the peer's answers can show that. */
  get isWhole(): boolean {
    return this.over && this.missing === undefined && !this.unsure;
  }

  /** Where the walk goes on, when a reader has the first `skip` objects of the page that is next. */
  snapshot(skip = 0): WalkState {
    return { ...this.state, skip, seen: [...this.seen], asked: [...this.asked] };
  }

  /**
   * Takes in the page that was asked for.
   *
   * @param names of its elements, as `nameOf` gives them
   * @returns for each of its elements whether the reader does not have it yet
   */
  take(page: WalkedPage, names: readonly string[]): readonly boolean[] {
    const { skip, first } = this.state;
    const again = this.startsAgain(names);
    const news = names.map((name) => !again && this.isNew(name));
    const found = this.state.found + news.filter((isNew) => isNew).length;
    const idle = news.includes(true) ? 0 : this.state.idle + 1;
    remember(this.asked, fingerprintOf(this.state.url), REMEMBERED_URLS);
    const total = page.total ?? this.state.total;
    this.state = { ...this.state, skip: 0, found, idle, total, first: first ?? names[0] ?? null };
    this.goOn(page);
    return news.map((isNew, index) => isNew && index >= skip);
  }

  private isNew(name: string): boolean {
    if (this.seen.has(name)) return false;
    remember(this.seen, name, this.options.memory);
    return true;
  }

  /** The peer is at the beginning of its list again, which may be longer than what the walk remembers. */
  private startsAgain([name]: readonly string[]): boolean {
    return name !== undefined && name === this.state.first && this.state.found >= this.options.memory;
  }

  private goOn(page: WalkedPage): void {
    const total = this.credible(page);
    const linked = page.next.kind === 'own' && !this.wasAsked(page.next.url) ? page.next.url : undefined;
    const counted = this.claimsMore(page, total) ? this.options.urlAt(this.state.found) : undefined;
    const url = linked ?? counted;
    const goesOn = url !== undefined && !this.wasAsked(url) && this.mayGoOn(linked !== undefined, total);
    if (!goesOn) return this.end(page, total);
    this.state = {
      ...this.state,
      url,
      limit: this.options.limit,
      by: linked === undefined ? 'offset' : 'link',
    };
  }

  private wasAsked(url: string): boolean {
    return this.asked.has(fingerprintOf(url));
  }

  /** A total that is smaller than what came already counts for none. */
  private credible({ total }: WalkedPage): number | undefined {
    const said = total ?? this.state.total ?? undefined;
    return said === undefined || said < this.state.found ? undefined : said;
  }

  /**
   * Whether a page that leads to no new page says that there is more: by a `Link` that cannot be followed, by the total,
   * or by being full. A peer that led here by a `Link` would lead on by one.
   */
  private claimsMore({ elements, next, limit }: WalkedPage, total: number | undefined): boolean {
    if (elements.length === 0) return false;
    if (total !== undefined && this.state.found < total) return true;
    if (next.kind !== 'none') return total === undefined;
    return this.state.by === 'offset' && elements.length >= this.limitOf(limit);
  }

  /** The objects that the peer puts into a page at most, as far as it says. */
  private limitOf(said: number | undefined): number {
    return Math.min(this.state.limit, said || Infinity);
  }

  /** After a page without anything new, a next one is worth a request only when a `Link` or the total says so. */
  private mayGoOn(byLink: boolean, total: number | undefined): boolean {
    const { idle, found } = this.state;
    if (idle === 0) return true;
    if (idle >= MAX_IDLE_PAGES) return false;
    return total === undefined ? byLink : found < total;
  }

  private end(page: WalkedPage, total: number | undefined): void {
    const { found, idle, by } = this.state;
    const { elements, next } = page;
    this.over = true;
    this.unsure =
      idle > 0 && by === 'link' && elements.length === 0 && next.kind !== 'none' && total === undefined;
    if (total !== undefined && total > found)
      this.missing = `${total - found} of ${total} objects do not come`;
    if (total !== undefined) return;
    const repeats = idle > 0 && elements.length > 0 && elements.length <= this.limitOf(page.limit);
    if (repeats) this.missing = 'its pages repeat, there may be more';
    if ((repeats || found === 0) && next.kind === 'elsewhere')
      this.missing = `its Link leads to ${next.where}`;
    if (found === 0 && next.kind === 'own') this.missing = 'its Link leads back to an empty page';
  }
}

/** The state of a walk that begins. @param offset objects of the list that are left out, for a peer that honours it */
export function beginning({ urlAt, limit }: WalkOptions, offset = 0): WalkState {
  return {
    ...{ url: urlAt(offset), limit, skip: 0, found: offset, idle: 0, total: null, by: 'offset', first: null },
    ...{ seen: [], asked: [] },
  };
}

/** Adds to a set that keeps the newest `most`. */
function remember(set: Set<string>, text: string, most: number): void {
  set.add(text);
  if (set.size <= most) return;
  const [oldest] = set;
  set.delete(oldest!);
}

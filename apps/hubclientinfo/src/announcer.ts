/** The status announcer: tells every platform what changed for it, through the delivery workers. */
import {
  type Agreement,
  type AgreementBook,
  announceChange,
  type AnnouncedParty,
  type AnnouncedTerms,
  type Announcement,
  announcementPush,
  type AnnouncementStore,
  announceViewChanges,
  bookOf,
  type Directory,
  type Effect,
  type Log,
  nextTurn,
  roleKey,
  type Touched,
  touchedBy,
  type ViewChange,
  viewChangesOf,
  type Waker,
} from '@app/hub';
import { partyKey } from '@app/ocpi';
import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Wait } from './wait';

/** Without any news it looks so often, in ms: what is held back becomes due by time alone. */
const LOOK_MS = 250;
/** After a failure, e.g. of the database, in ms. */
const RETRY_MS = 1_000;
/** Changed parties of one transaction; with 10,000 platforms each is up to 10,000 legs. */
const CHANGES_PER_TRANSACTION = 10;
/** Changed views of one transaction. */
const VIEWS_PER_TRANSACTION = 1_000;
/** Parties looked at in one go: against 10,000 viewers that is less than half a second of work. */
const PARTIES_AT_A_TIME = 10;

export interface AnnouncerParts {
  readonly store: AnnouncementStore;
  readonly directory: Directory;
  /** The agreements in force, the same object until they change. */
  readonly agreements: () => readonly Agreement[];
  readonly fallback: Effect;
  readonly holdMs: number;
  readonly maxAgeSeconds: number;
  readonly waker: Waker;
  readonly log: Log;
}

export class Announcer {
  private readonly news = new Wait();
  private announced: AnnouncedTerms | undefined;
  /** The announced agreements as a decision; made anew when they change. */
  private book: { readonly terms: AnnouncedTerms; readonly book: AgreementBook } | undefined;
  /** When an agreement begins or ends next, in ms since 1970. */
  private turnsAt = Infinity;

  constructor(
    private readonly parts: AnnouncerParts,
    private readonly signal: AbortSignal,
  ) {}

  /** Something changed: it looks at once. */
  wake(): void {
    this.news.end();
  }

  /** Announces what changes, until the term is over. */
  async run(): Promise<void> {
    while (!this.signal.aborted) {
      try {
        await this.followTerms(new Date());
        await this.announceDue();
        await this.news.atMost(LOOK_MS, this.signal);
      } catch (err) {
        this.parts.log.warn({ err }, 'statuses could not be announced; trying again');
        this.announced = undefined;
        await new Wait().atMost(RETRY_MS, this.signal);
      }
    }
  }

  private async announceDue(): Promise<void> {
    const { store, directory, holdMs } = this.parts;
    const book = this.announcedBook(this.announced!);
    for (let count = 1; count > 0 && !this.signal.aborted; await breathe()) {
      const now = new Date();
      const rule = { now, holdMs, limit: CHANGES_PER_TRANSACTION };
      const done = await store.announceDue(rule, (changes) =>
        this.pushes(changes.flatMap((change) => announceChange(change, { directory, book, now }))),
      );
      this.parts.waker.wake(done.lines);
      count = done.count;
    }
  }

  private announcedBook(terms: AnnouncedTerms): AgreementBook {
    if (this.book?.terms !== terms) this.book = { terms, book: bookOf(terms) };
    return this.book.book;
  }

  /** Agreements first, so that a change of status is announced by those in force. */
  private async followTerms(now: Date): Promise<void> {
    const { store, fallback } = this.parts;
    const terms = { agreements: this.parts.agreements(), fallback, at: now };
    const before = (this.announced ??= await store.terms());
    if (before?.agreements === terms.agreements && now.getTime() < this.turnsAt) return;
    const touched = before ? touchedBy(before, terms) : new Map();
    if (before && touched.size > 0) await this.announceViews(touched, before, terms);
    if (this.signal.aborted) return;
    if (!before || touched.size > 0) await store.keepTerms(terms);
    this.announced = terms;
    this.turnsAt = nextTurn(terms);
  }

  /** Each transaction is noted, so that one who takes over goes on where this one ended. */
  private async announceViews(
    touched: Touched,
    before: AnnouncedTerms,
    after: AnnouncedTerms,
  ): Promise<void> {
    const { store, directory } = this.parts;
    const moments = {
      before: { directory, book: bookOf(before), now: before.at },
      after: { directory, book: bookOf(after), now: after.at },
    };
    const parties = (await store.announcedParties()).filter(
      (party) => touched.has(partyKey(party)) || touched.has('*'),
    );
    for (let at = 0; at < parties.length && !this.signal.aborted; at += PARTIES_AT_A_TIME) {
      const some = parties.slice(at, at + PARTIES_AT_A_TIME);
      const views = viewsByParty(await store.viewChanges(some));
      const changes = some.flatMap((party) =>
        viewChangesOf(party, touched, views.get(roleKey(party)) ?? new Map(), moments),
      );
      await this.writeViews(changes, some);
      await breathe();
    }
  }

  private async writeViews(
    changes: readonly ViewChange[],
    parties: readonly AnnouncedParty[],
  ): Promise<void> {
    const { store, directory, waker } = this.parts;
    const byKey = new Map(parties.map((party) => [roleKey(party), party]));
    for (let at = 0; at < changes.length && !this.signal.aborted; at += VIEWS_PER_TRANSACTION) {
      const some = changes.slice(at, at + VIEWS_PER_TRANSACTION);
      const lines = await store.announceViews(some, (written) =>
        this.pushes(announceViewChanges(written, byKey, directory)),
      );
      waker.wake(lines);
    }
  }

  private pushes(announcements: readonly Announcement[]) {
    const { maxAgeSeconds } = this.parts;
    return announcements.map((each) => announcementPush(each, { newId: randomUUID, maxAgeSeconds }));
  }
}

/** Party → viewer → whether agreements keep it from any exchange, as announced. */
function viewsByParty(changes: readonly ViewChange[]): Map<string, Map<string, boolean>> {
  const views = new Map<string, Map<string, boolean>>();
  for (const { party, viewerId, forbidden } of changes) {
    const viewers = views.get(roleKey(party)) ?? new Map<string, boolean>();
    views.set(roleKey(party), viewers.set(viewerId, forbidden));
  }
  return views;
}

/**
 * Pulling: the objects of one party, page by page from its Sender interface into the object store.
 *
 * Spec: 2.2.1-d2 transport_and_format, Pagination; the GET List of each mod_*.
 */
import { isMergeable, joinEndpoint, moduleRow, type PartyId, partyKey, sameParty } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { asHubError } from '../hub-error';
import {
  type Courier,
  type IgnoredObjects,
  type ObjectStore,
  type PulledObject,
  type SyncError,
} from '../ports';
import { askPage, takePage } from '../peer-lists/ask-page';
import { ListWalk, type WalkedPage } from '../peer-lists/list-walk';
import { TurnBudget } from '../turn-budget';
import { lastUpdatedOf } from './apply-change';
import { ignore, type IgnoredReason } from './ignored';
import { idIn, MAX_OBJECT_BYTES, ownerIn } from './object-change';

/** Objects asked for at a time; half as many after each failure, for those whose pages are too large. */
const PAGE_OBJECTS = 100;
const LEAST_PAGE_OBJECTS = 10;
/** What changed shortly before the last pull began is asked for again: the peer's clock may be behind, in ms. */
const OVERLAP_MS = 10 * 60_000;
/** A push that a router accepted with a clock behind this worker's is not swept away, in ms. */
const CLOCK_SKEW_MS = 60_000;
/** Objects that a pull remembers, to tell a repeated one: 10 MB. */
const REMEMBERED_OBJECTS = 100_000;

/** What one pull may take at most; a peer that lists more is asked again later, and nothing is swept. */
export interface PullLimits {
  readonly pages: number;
  readonly objects: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** From the beginning of one request to that of the next, in ms at least. */
  readonly pageIntervalMs: number;
}

export interface PullParts {
  readonly courier: Courier;
  readonly objects: Pick<ObjectStore, 'putPulled' | 'sweep'>;
  readonly hub: PartyId;
  readonly newId: () => string;
  readonly now: () => Date;
  /** Resolves after this time, in ms. */
  readonly pause: (ms: number) => Promise<void>;
  /** For each page, in ms. */
  readonly timeoutMs: number;
  readonly limits: PullLimits;
  /** Called after each page; false ends the pull: it is another worker's by now. */
  readonly goOn: (progress: PullProgress) => Promise<boolean>;
}

export interface PullSubject {
  readonly platform: PlatformEntry;
  readonly module: string;
  readonly owner: PartyId;
  /** When the last whole pull began; null: everything is pulled, and what is not listed is removed. */
  readonly syncedAt: Date | null;
  /** When the platform registered. Nothing that it broadcast since then is removed, however many pulls failed before. */
  readonly registeredAt: Date;
  /** Failed attempts since. */
  readonly failures: number;
}

export interface PullProgress {
  readonly pages: number;
  /** Different objects of the party. */
  readonly objects: number;
  /** Listed objects that are not kept. */
  readonly ignored: readonly IgnoredObjects[];
  readonly bytes: number;
}

export interface PullOutcome extends PullProgress {
  readonly startedAt: Date;
  /** Objects that the party no longer lists. */
  readonly removed: number;
  /** What is known to be missing, for people; null: nothing. */
  readonly shortage: string | null;
}

/** Why a pull ended early. */
class PullFailed extends Error {
  override readonly name = 'PullFailed';
}

/** Why a pull ended early, as it is kept for the operator. */
export function pullError(error: unknown, at: Date): SyncError {
  if (error instanceof PullFailed)
    return { code: 'list_unusable', reason: error.message, peerSaid: null, at };
  const { code, message, peerSaid = null } = asHubError(error);
  const reason = code === 'internal' && error instanceof Error ? error.message : message;
  return { code, reason, peerSaid, at };
}

/**
 * Pulls everything, or what changed since the last pull.
 *
 * @throws HubError, PullFailed when it did not come to its end; what came until then is kept
 */
export async function pull(subject: PullSubject, parts: PullParts): Promise<PullOutcome> {
  const startedAt = parts.now();
  const walk = walkOf(subject);
  let progress: PullProgress = { pages: 0, objects: 0, ignored: [], bytes: 0 };
  while (!walk.isOver) {
    const askedAt = parts.now().getTime();
    const { page, news } = await takePage(walk, (url) => fetchPage(url, subject, parts));
    const taken = await takenFrom(
      page.elements.filter((_, index) => news[index]),
      subject,
      startedAt,
    );
    await parts.objects.putPulled({ platformId: subject.platform.id, startedAt, objects: taken.objects });
    progress = added(progress, page, taken);
    requireWithin(parts.limits, progress, parts.now().getTime() - startedAt.getTime());
    if (!(await parts.goOn(progress))) throw new PullFailed('another worker took it over');
    const waitMs = parts.limits.pageIntervalMs - (parts.now().getTime() - askedAt);
    if (!walk.isOver && waitMs > 0) await parts.pause(waitMs);
  }
  const removed = subject.syncedAt === null && walk.isWhole ? await sweep(subject, startedAt, parts) : 0;
  return { ...progress, startedAt, removed, shortage: walk.shortage ?? null };
}

function walkOf({ platform, module, syncedAt, failures }: PullSubject): ListWalk {
  const endpoint = platform.endpoint(module, 'SENDER');
  if (endpoint === undefined) throw new PullFailed(`it has no ${module} SENDER`);
  const limit = Math.max(LEAST_PAGE_OBJECTS, PAGE_OBJECTS >> Math.min(failures, 8));
  const urlAt = (offset: number): string => {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
    if (syncedAt) query.set('date_from', new Date(syncedAt.getTime() - OVERLAP_MS).toISOString());
    return joinEndpoint(endpoint, '', `?${query.toString()}`);
  };
  return new ListWalk({ urlAt, limit, memory: REMEMBERED_OBJECTS });
}

function fetchPage(
  url: string,
  { platform, owner }: PullSubject,
  { courier, hub, newId, timeoutMs }: PullParts,
): Promise<WalkedPage> {
  const ids = { requestId: newId(), correlationId: newId() };
  return askPage({ platform, from: hub, to: owner, url, ids, timeoutMs }, courier);
}

interface Taken {
  readonly objects: readonly PulledObject[];
  readonly ignored: readonly IgnoredReason[];
}

/** What of a page is kept, and why the rest is not. */
async function takenFrom(elements: readonly Buffer[], subject: PullSubject, startedAt: Date): Promise<Taken> {
  const budget = new TurnBudget();
  const objects: PulledObject[] = [];
  const ignored: IgnoredReason[] = [];
  for (const body of elements) {
    const read = attributed(body, subject, startedAt);
    if ('reason' in read) ignored.push(read);
    else objects.push(read);
    const pause = budget.spend(body);
    if (pause) await pause;
  }
  return { objects, ignored };
}

/** An object is whose it says it is, and nobody else's is taken from this party; nor one that not every reader takes. */
function attributed(body: Buffer, { module, owner }: PullSubject, now: Date): PulledObject | IgnoredReason {
  const shape = moduleRow(module)?.object;
  const id = shape && idIn(body, shape.id);
  const type = shape?.type ? (idIn(body, shape.type.name) ?? shape.type.otherwise) : '';
  const said = ownerIn(body);
  if (!said) return { reason: 'no_owner', owner: null };
  if (!sameParty(said, owner)) return { reason: 'other_owner', owner: partyKey(said) };
  const mine = { owner: partyKey(owner) };
  if (id === undefined) return { reason: 'no_id', ...mine };
  if (body.length > MAX_OBJECT_BYTES) return { reason: 'too_large', ...mine };
  if (!isMergeable(body)) return { reason: 'not_portable', ...mine };
  return { key: { module, owner: partyKey(owner), id, type }, lastUpdated: lastUpdatedOf(body) ?? now, body };
}

function added(progress: PullProgress, page: WalkedPage, { objects, ignored }: Taken): PullProgress {
  return {
    pages: progress.pages + 1,
    objects: progress.objects + objects.length,
    ignored: ignore(progress.ignored, ignored),
    bytes: progress.bytes + page.elements.reduce((sum, { length }) => sum + length, 0),
  };
}

function requireWithin(limits: PullLimits, progress: PullProgress, durationMs: number): void {
  const used = { ...progress, durationMs };
  for (const name of ['pages', 'objects', 'bytes', 'durationMs'] as const) {
    if (used[name] > limits[name]) throw new PullFailed(`more than ${limits[name]} ${name}`);
  }
}

/**
 * Removes what the list that was read whole does not show: what an earlier pull brought, also one that failed, and what
 * the platform broadcast before it registered. A broadcast since then stays: a party may list late, or not at all, what
 * it broadcasts, and only its DELETE takes it away. Objects of other platforms are not touched.
 */
function sweep(
  { platform, module, owner, registeredAt }: PullSubject,
  startedAt: Date,
  { objects }: PullParts,
): Promise<number> {
  return objects.sweep(
    module,
    { platformId: platform.id, owner: partyKey(owner) },
    { seen: beforeSkew(startedAt), pushed: beforeSkew(registeredAt) },
  );
}

function beforeSkew(at: Date): Date {
  return new Date(at.getTime() - CLOCK_SKEW_MS);
}

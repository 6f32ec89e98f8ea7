/**
 * Pulling: the objects of one party, page by page from its Sender interface into the object store.
 *
 * Spec: 2.2.1-d2 transport_and_format, Pagination; the GET List of each mod_*.
 */
import {
  idHeaders,
  isMergeable,
  isSuccess,
  joinEndpoint,
  moduleRow,
  nextLinks,
  type PartyId,
  partyKey,
  resolveUrl,
  routingHeaders,
  sameParty,
  sendableUrl,
} from '@app/ocpi';
import { destinationOf, isOwn } from '../detours/peer-hosts';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { type Courier, type ObjectStore, type PulledObject } from '../ports';
import { send } from '../roads/direct';
import { lastUpdatedOf } from './apply-change';
import { type ListedPage, readListedPage } from './listed-page';
import { idIn, MAX_OBJECT_BYTES, ownerIn } from './object-change';

/** Objects asked for at a time; half as many after each failure, for those whose pages are too large. */
const PAGE_OBJECTS = 100;
const LEAST_PAGE_OBJECTS = 10;
/** What changed shortly before the last pull began is asked for again: the peer's clock may be behind, in ms. */
const OVERLAP_MS = 10 * 60_000;
/** A push that a router accepted with a clock behind this worker's is not swept away, in ms. */
const CLOCK_SKEW_MS = 60_000;

/** What one pull may take at most; a peer that lists more is asked again later, and nothing is swept. */
export interface PullLimits {
  readonly pages: number;
  readonly objects: number;
  readonly bytes: number;
  readonly durationMs: number;
}

export interface PullParts {
  readonly courier: Courier;
  readonly objects: Pick<ObjectStore, 'putPulled' | 'sweep'>;
  readonly hub: PartyId;
  readonly newId: () => string;
  readonly now: () => Date;
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
  /** Failed attempts since. */
  readonly failures: number;
}

export interface PullProgress {
  readonly pages: number;
  /** Objects of the party. */
  readonly objects: number;
  /** Listed objects that are not the party's, or that cannot be read. */
  readonly ignored: number;
  readonly bytes: number;
}

export interface PullOutcome extends PullProgress {
  readonly startedAt: Date;
  /** Objects that the party no longer lists. */
  readonly removed: number;
}

/** Why a pull ended early. */
class PullFailed extends Error {
  override readonly name = 'PullFailed';
}

/**
 * Pulls everything, or what changed since the last pull.
 *
 * @throws HubError, PullFailed when it did not come to its end; what came until then is kept
 */
export async function pull(subject: PullSubject, parts: PullParts): Promise<PullOutcome> {
  const startedAt = parts.now();
  let progress: PullProgress = { pages: 0, objects: 0, ignored: 0, bytes: 0 };
  let page: ListedPage | undefined;
  const asked = new Set<string>();
  for (
    let url: string | undefined = firstUrl(subject);
    url !== undefined;
    url = nextUrl(page, url, subject)
  ) {
    if (asked.has(url)) throw new PullFailed('its pages lead in a circle');
    asked.add(url);
    page = await fetchPage(url, subject, parts);
    progress = added(progress, page, await keep(page, subject, startedAt, parts));
    requireWithin(parts.limits, progress, parts.now().getTime() - startedAt.getTime());
    if (!(await parts.goOn(progress))) throw new PullFailed('another worker took it over');
  }
  const isWhole = subject.syncedAt === null && (page?.total ?? 0) <= progress.objects + progress.ignored;
  const removed = isWhole ? await sweep(subject, startedAt, parts) : 0;
  return { ...progress, startedAt, removed };
}

function firstUrl({ platform, module, syncedAt, failures }: PullSubject): string {
  const endpoint = platform.endpoint(module, 'SENDER');
  if (endpoint === undefined) throw new PullFailed(`it has no ${module} SENDER`);
  const limit = Math.max(LEAST_PAGE_OBJECTS, PAGE_OBJECTS >> Math.min(failures, 8));
  const query = new URLSearchParams({ offset: '0', limit: String(limit) });
  if (syncedAt) query.set('date_from', new Date(syncedAt.getTime() - OVERLAP_MS).toISOString());
  return joinEndpoint(endpoint, '', `?${query.toString()}`);
}

/** The next page is asked for at the platform's own hosts only: the request carries its token. */
function nextUrl(page: ListedPage | undefined, url: string, { platform }: PullSubject): string | undefined {
  const [link] = page?.link === undefined ? [] : nextLinks(page.link);
  if (!link || !page?.link) return undefined;
  const next = sendableUrl(resolveUrl(page.link.slice(link.start, link.end), url), 'latin1');
  const destination = destinationOf(next);
  if (destination === undefined || !isOwn(platform, destination))
    throw new PullFailed(`its Link leads to ${next}`);
  return next;
}

async function fetchPage(
  url: string,
  { platform, owner }: PullSubject,
  { courier, hub, newId, timeoutMs }: PullParts,
): Promise<ListedPage> {
  const answer = await send(courier, {
    platformId: platform.id,
    method: 'GET',
    url,
    headers: [
      ...['Authorization', platform.authorization ?? '', 'Accept', 'application/json'],
      ...routingHeaders(owner, hub),
      ...idHeaders({ requestId: newId(), correlationId: newId() }),
    ],
    body: null,
    timeoutMs,
  });
  const page = readListedPage(answer, platform.id);
  if (page.httpStatus >= 300 || !isSuccess(page.ocpiStatus)) {
    throw new HubError('list_refused', `HTTP ${page.httpStatus}, OCPI ${page.ocpiStatus}`);
  }
  return page;
}

/** @returns how many of the page's objects are the party's */
async function keep(
  page: ListedPage,
  subject: PullSubject,
  startedAt: Date,
  { objects: store }: PullParts,
): Promise<number> {
  const objects = page.elements.flatMap((body) => attributed(body, subject, startedAt) ?? []);
  await store.putPulled({ platformId: subject.platform.id, startedAt, objects });
  return objects.length;
}

/** An object is whose it says it is, and nobody else's is taken from this party; nor one that not every reader takes. */
function attributed(body: Buffer, { module, owner }: PullSubject, now: Date): PulledObject | undefined {
  const shape = moduleRow(module)?.object;
  const id = shape && idIn(body, shape.id);
  const type = shape?.type ? (idIn(body, shape.type.name) ?? shape.type.otherwise) : '';
  const said = ownerIn(body);
  if (
    id === undefined ||
    !said ||
    !sameParty(said, owner) ||
    body.length > MAX_OBJECT_BYTES ||
    !isMergeable(body)
  )
    return undefined;
  return { key: { module, owner: partyKey(owner), id, type }, lastUpdated: lastUpdatedOf(body) ?? now, body };
}

function added(progress: PullProgress, page: ListedPage, taken: number): PullProgress {
  return {
    pages: progress.pages + 1,
    objects: progress.objects + taken,
    ignored: progress.ignored + page.elements.length - taken,
    bytes: progress.bytes + page.elements.reduce((sum, { length }) => sum + length, 0),
  };
}

function requireWithin(limits: PullLimits, progress: PullProgress, durationMs: number): void {
  const used = { ...progress, durationMs };
  for (const name of ['pages', 'objects', 'bytes', 'durationMs'] as const) {
    if (used[name] > limits[name]) throw new PullFailed(`more than ${limits[name]} ${name}`);
  }
}

function sweep(
  { platform, module, owner }: PullSubject,
  startedAt: Date,
  { objects }: PullParts,
): Promise<number> {
  return objects.sweep(
    module,
    { platformId: platform.id, owner: partyKey(owner) },
    new Date(startedAt.getTime() - CLOCK_SKEW_MS),
  );
}

/**
 * Who is told what when a party's status changes, or what agreements let a platform see of it.
 *
 * What each of 10,000 platforms was told of each of 10,000 parties is nowhere stored: it follows from what was
 * announced of the party, from the agreements by which that was done, and from the few views that agreements
 * changed since. Two such pictures are compared; where they differ, there is something to announce.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Push model.
 */
import { type Party, partyKey } from '@app/ocpi';
import { type Agreement, AgreementBook, type Side } from '../agreement';
import { clientInfo, type ClientInfo } from '../client-info';
import { type Directory, type PlatformEntry, roleKey } from '../directory';
import {
  type AnnouncedParty,
  type AnnouncedTerms,
  type ConnectionStatus,
  type PendingChange,
  type ViewChange,
} from '../ports';
import { isForbidden, shownStatus, subjectOf } from './view';

/** One ClientInfo and the platforms that it is pushed to. */
export interface Announcement {
  readonly info: ClientInfo;
  readonly viewerIds: readonly string[];
}

/** The platforms that exist, and the agreements of one moment. */
export interface Picture {
  readonly directory: Directory;
  readonly book: AgreementBook;
  readonly now: Date;
}

/** One announcement for each of the states that a changed party has in the eyes of others. */
export function announceChange(change: PendingChange, { directory, book, now }: Picture): Announcement[] {
  const subject = subjectOf(change, directory.platform(change.platformId));
  const viewersOf = new Map<ConnectionStatus, string[]>();
  for (const viewer of directory.all()) {
    if (viewer.id === change.platformId || !isTold(viewer)) continue;
    const forbidden = isForbidden(viewer, subject, book, now);
    const status = shownStatus(change.status, forbidden);
    if (status === toldBefore(change, viewer, forbidden)) continue;
    append(viewersOf, status, viewer.id);
  }
  return [...viewersOf].map(([status, viewerIds]) => {
    const since = status === change.status ? change.statusSince : change.knownSince;
    return { info: clientInfo(change, status, since), viewerIds };
  });
}

/** One announcement for each of the states that agreements gave a party, to those whose view of it they changed. */
export function announceViewChanges(
  changes: readonly ViewChange[],
  parties: ReadonlyMap<string, AnnouncedParty>,
  directory: Directory,
): Announcement[] {
  const viewersOf = new Map<string, ViewChange[]>();
  for (const change of changes) {
    const viewer = directory.platform(change.viewerId);
    if (!viewer || !isTold(viewer)) continue;
    append(viewersOf, `${roleKey(change.party)} ${String(change.forbidden)}`, change);
  }
  return [...viewersOf.values()].flatMap((same) => {
    const [{ party, forbidden, since }] = same as [ViewChange];
    const announced = parties.get(roleKey(party));
    if (!announced) return [];
    const info = clientInfo(party, shownStatus(announced.status, forbidden), since);
    return { info, viewerIds: same.map(({ viewerId }) => viewerId) };
  });
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/**
 * Registered, and with a URL to tell it at. What is for a platform that the operator suspended waits and replaces older
 * news of the same party, so that it is not told an old status after the resume.
 */
function isTold(platform: PlatformEntry): boolean {
  return platform.authorization !== null && platform.endpoint('hubclientinfo', 'RECEIVER') !== undefined;
}

/** Nobody is told of its own parties, so one that a party moved away from was told nothing. */
function toldBefore(
  { announcedStatus, announcedPlatformId }: PendingChange,
  viewer: PlatformEntry,
  forbidden: boolean,
): ConnectionStatus | undefined {
  if (announcedStatus === null || announcedPlatformId === viewer.id) return undefined;
  return shownStatus(announcedStatus, forbidden);
}

/** The terms as a decision. */
export function bookOf({ agreements, fallback }: AnnouncedTerms): AgreementBook {
  return new AgreementBook(agreements, fallback);
}

/** Pairs (or `*`) → the pairs (or `*`) with whom what they may exchange may have changed. */
export type Touched = ReadonlyMap<string, ReadonlySet<string>>;

/** Whom the difference between two moments' agreements is about: those made, withdrawn, begun and ended. */
export function touchedBy(before: AnnouncedTerms, after: AnnouncedTerms): Touched {
  const touched = new Map<string, Set<string>>();
  const add = (a: Side, b: Side): void => {
    touched.set(nameOf(a), (touched.get(nameOf(a)) ?? new Set()).add(nameOf(b)));
  };
  for (const { from, to } of changedAgreements(before, after)) {
    add(from, to);
    add(to, from);
  }
  if (before.fallback !== after.fallback) add('*', '*');
  return touched;
}

/** What the new terms change of the views of one party, for registered platforms. */
export function viewChangesOf(
  party: AnnouncedParty,
  touched: Touched,
  views: ReadonlyMap<string, boolean>,
  moments: { readonly before: Picture; readonly after: Picture },
): ViewChange[] {
  const { before, after } = moments;
  const subject = subjectOf(party, after.directory.platform(party.platformId));
  const changes: ViewChange[] = [];
  for (const viewer of viewersTouched(party, touched, after.directory)) {
    if (viewer.id === party.platformId || viewer.authorization === null) continue;
    const was = views.get(viewer.id) ?? isForbidden(viewer, subject, before.book, before.now);
    const forbidden = isForbidden(viewer, subject, after.book, after.now);
    if (was !== forbidden) changes.push({ viewerId: viewer.id, party, forbidden, since: after.now });
  }
  return changes;
}

function viewersTouched(party: Party, touched: Touched, directory: Directory): Iterable<PlatformEntry> {
  const partners = new Set([...(touched.get(partyKey(party)) ?? []), ...(touched.get('*') ?? [])]);
  if (partners.has('*')) return directory.all();
  const viewers = new Set<PlatformEntry>();
  for (const key of partners) {
    const [countryCode = '', partyId = ''] = key.split('*');
    for (const platform of directory.platformsOf({ countryCode, partyId })) viewers.add(platform);
  }
  return viewers;
}

/** Agreements are never changed, so that their ids tell. */
function changedAgreements(before: AnnouncedTerms, after: AnnouncedTerms): Agreement[] {
  const [old, current] = [idsOf(before), idsOf(after)];
  const made = after.agreements.filter(({ id }) => !old.has(id));
  const withdrawn = before.agreements.filter(({ id }) => !current.has(id));
  const turned = after.agreements.filter(
    ({ validFrom, validUntil }) =>
      isBetween(validFrom, before, after) || isBetween(validUntil, before, after),
  );
  return [...made, ...withdrawn, ...turned];
}

function idsOf({ agreements }: AnnouncedTerms): Set<string> {
  return new Set(agreements.map(({ id }) => id));
}

function isBetween(moment: Date | null, before: AnnouncedTerms, after: AnnouncedTerms): boolean {
  return moment !== null && moment > before.at && moment <= after.at;
}

function nameOf(side: Side): string {
  return side === '*' ? '*' : partyKey(side);
}

/** When an agreement begins or ends next after these terms, in ms since 1970; infinity when none does. */
export function nextTurn({ agreements, at }: AnnouncedTerms): number {
  let next = Infinity;
  for (const { validFrom, validUntil } of agreements) {
    for (const moment of [validFrom, validUntil]) {
      if (moment && moment > at) next = Math.min(next, moment.getTime());
    }
  }
  return next;
}

/** In-memory twin of the ports `PlatformStore` and `ChangeFeed`: the same behaviour, for tests of what stands on them. */
import { randomUUID } from 'node:crypto';
import {
  type ApproveOutcome,
  type ChangeOutcome,
  type CreateOutcome,
  type FreshTokenA,
  type NewPlatform,
  type Once,
  type PartyRecord,
  type PlatformChange,
  type PlatformRecord,
  type PlatformStore,
  type PlatformTls,
  type Registration,
  type RegistrationOutcome,
  type Repetition,
  type TokenAOutcome,
} from '@app/hub';
import { type Party } from '@app/ocpi';
import { tokensAfter, tokensRetired, tokensWithLent, tokensWithout } from './issued-tokens';
import { OnceTwin } from './once-twin';
import {
  bare,
  BLANK,
  letGo,
  reannounced,
  roleKey,
  someOrNone,
  statusWhenAnnounced,
  waitingAfter,
  unclaimedParty,
  unique,
} from './platform-record';
import { PlatformRecordsTwin } from './platform-records-twin';

type ClaimedParty = Registration['parties'][number];

/** Records are never changed in place, so one that was handed out stays as it was. */
export class PlatformStoreTwin extends PlatformRecordsTwin implements PlatformStore {
  private readonly announcedKeys = new Map<string, ReadonlySet<string>>();
  private readonly once = new OnceTwin();

  async create({ name, plannedParties, tokenAHash }: NewPlatform, now: Date): Promise<CreateOutcome> {
    const planned = unique(plannedParties, roleKey).map(unclaimedParty);
    const id = randomUUID();
    const taken = this.heldElsewhere(planned, id);
    if (taken !== undefined) return { outcome: 'party_taken', party: bare(taken) };
    this.announcedKeys.set(id, new Set(planned.map(roleKey)));
    const parties = this.takeOver(planned, id, 'PLANNED', now);
    const announced = planned.length > 0;
    const issuedTokens = [{ hash: tokenAHash, kind: 'A', expiresAt: null }] as const;
    this.put({ ...BLANK, id, name, createdAt: now, announced, parties, issuedTokens });
    return { outcome: 'done', platform: this.records.get(id)! };
  }

  createOnce(
    once: Once<CreateOutcome>,
    platform: NewPlatform,
    now: Date,
  ): Promise<CreateOutcome | Repetition> {
    return this.once.run(once, now, () => this.create(platform, now));
  }

  async change(platformId: string, change: PlatformChange, now: Date): Promise<ChangeOutcome> {
    const record = this.records.get(platformId);
    if (record === undefined) return { outcome: 'not_found' };
    const name = change.name ?? record.name;
    if (change.plannedParties === undefined) {
      this.put({ ...record, name });
      return { outcome: 'done' };
    }
    const planned = unique(change.plannedParties, roleKey).map(unclaimedParty);
    const taken = this.heldElsewhere(planned, platformId);
    if (taken !== undefined) return { outcome: 'party_taken', party: bare(taken) };
    const { parties, fresh } = reannounced(record, planned, now);
    const status = statusWhenAnnounced(record);
    const waiting = planned.length > 0 ? (record.waiting ?? []) : [];
    const isNew = (party: Party): boolean => fresh.some((each) => roleKey(each) === roleKey(party));
    const claimed = waiting.filter(isNew);
    const silent = fresh.filter((party) => !claimed.some((each) => roleKey(each) === roleKey(party)));
    const own = [
      ...this.takeOver(claimed, platformId, record.status, now),
      ...this.takeOver(silent, platformId, status, now),
    ];
    this.announcedKeys.set(platformId, new Set(planned.map(roleKey)));
    this.put({
      ...{ ...record, name, announced: planned.length > 0, parties: [...parties, ...own] },
      waiting: planned.length > 0 ? undefined : record.waiting,
      ...(fresh.length > 0 && record.registeredAt === null && { status }),
    });
    return { outcome: 'done' };
  }

  async register(registration: Registration, now: Date): Promise<RegistrationOutcome> {
    const record = this.records.get(registration.platformId);
    if (record === undefined) return { outcome: 'not_registered' };
    const all = unique(registration.parties, roleKey);
    const refusal = this.refusalOf(registration, record, all);
    if (refusal !== undefined) return refusal;
    const verdicts = this.verdictsOn(all, { ...registration, announced: record.announced });
    const claimed = all.filter((_, at) => verdicts[at] === 'held');
    const waiting = all.filter((_, at) => verdicts[at] === 'waiting');
    const status = record.suspended ? 'SUSPENDED' : 'CONNECTED';
    const parties = [
      ...this.takeOver(claimed, record.id, status, now),
      ...this.unclaimed(record, claimed, now),
    ];
    const { version, versionsUrl, peerToken, tokenEncoding } = registration;
    const endpoints = unique(
      registration.endpoints,
      (endpoint) => `${endpoint.module} ${endpoint.interfaceRole}`,
    );
    const issuedTokens = tokensAfter(record, registration);
    const registeredAt = record.registeredAt ?? now;
    this.put({
      ...record,
      ...{ status, version, versionsUrl, peerToken, tokenEncoding },
      ...{ parties, waiting: waitingAfter(record, waiting, now), endpoints, issuedTokens, registeredAt },
    });
    return { outcome: 'done' };
  }

  async approve(
    platformId: string,
    parties: readonly Party[] | undefined,
    now: Date,
  ): Promise<ApproveOutcome> {
    const record = this.records.get(platformId);
    if (record === undefined) return { outcome: 'not_found' };
    const { waiting = [], status } = record;
    const named = new Set((parties ?? waiting).map(roleKey));
    const stranger = parties?.find((party) => !waiting.some((own) => roleKey(own) === roleKey(party)));
    if (stranger !== undefined) return { outcome: 'not_waiting', party: bare(stranger) };
    const approved = waiting.filter((party) => named.has(roleKey(party)));
    const taken = this.heldElsewhere(approved, platformId);
    if (taken !== undefined) return { outcome: 'party_taken', party: bare(taken) };
    const own = this.takeOver(approved, platformId, status, now);
    const others = record.parties.filter((party) => !named.has(roleKey(party)));
    this.put({
      ...record,
      parties: [...others, ...own],
      waiting: someOrNone(waiting.filter((party) => !named.has(roleKey(party)))),
    });
    return { outcome: 'done' };
  }

  async unregister(platformId: string, now: Date): Promise<boolean> {
    const record = this.records.get(platformId);
    if (record === undefined || record.registeredAt === null) return false;
    this.end(record, now);
    return true;
  }

  async withdraw(platformId: string, now: Date): Promise<boolean> {
    const record = this.records.get(platformId);
    if (record === undefined || record.registeredAt !== null) return false;
    const isAnnounced = record.issuedTokens.length > 0 || record.parties.some(({ held }) => held);
    if (isAnnounced) this.end(record, now);
    return isAnnounced;
  }

  private end(record: PlatformRecord, now: Date): void {
    const parties = record.parties.map((party) => letGo(party, now));
    const { suspended, id, name, createdAt, lastSeenAt, announced, allowedHosts } = record;
    const kept = { suspended, id, name, createdAt, lastSeenAt, announced, parties, allowedHosts };
    this.put({ ...BLANK, ...kept, status: 'SUSPENDED' });
  }

  async replaceTokenA({ platformId, tokenAHash }: FreshTokenA): Promise<TokenAOutcome> {
    const record = this.records.get(platformId);
    if (record === undefined) return { outcome: 'not_found' };
    if (record.registeredAt !== null) return { outcome: 'already_registered' };
    const others = record.issuedTokens.filter((token) => token.kind !== 'A');
    this.put({ ...record, issuedTokens: [...others, { hash: tokenAHash, kind: 'A', expiresAt: null }] });
    return { outcome: 'done' };
  }

  replaceTokenAOnce(
    once: Once<TokenAOutcome>,
    fresh: FreshTokenA,
    now: Date,
  ): Promise<TokenAOutcome | Repetition> {
    return this.once.run(once, now, () => this.replaceTokenA(fresh));
  }

  async lendTokenA(platformId: string, tokenAHash: string, until: Date, now: Date): Promise<boolean> {
    const record = this.records.get(platformId);
    const issuedTokens =
      record && tokensWithLent(record, { hash: tokenAHash, kind: 'A', expiresAt: until }, now);
    if (issuedTokens === undefined) return false;
    this.put({ ...record!, issuedTokens });
    return true;
  }

  async withdrawTokenA(platformId: string, tokenAHash: string): Promise<void> {
    const record = this.records.get(platformId);
    if (record !== undefined) this.put({ ...record, issuedTokens: tokensWithout(record, tokenAHash) });
  }

  async allowHosts(platformId: string, allowedHosts: readonly string[]): Promise<boolean> {
    const record = this.records.get(platformId);
    if (record === undefined) return false;
    this.put({ ...record, allowedHosts });
    return true;
  }

  async setTls(platformId: string, { tls, pinnedCertificates }: PlatformTls): Promise<boolean> {
    const record = this.records.get(platformId);
    if (record === undefined) return false;
    this.put({ ...record, tls, pinnedCertificates });
    return true;
  }

  async retireOlderTokens(platformId: string, usedTokenHash: string): Promise<void> {
    const record = this.records.get(platformId);
    const issuedTokens = record && tokensRetired(record, usedTokenHash);
    if (issuedTokens !== undefined) this.put({ ...record!, issuedTokens });
  }

  /** What the operator does to stop a platform's traffic; not yet a call of the port. */
  suspend(platformId: string): void {
    this.put({ ...this.records.get(platformId)!, suspended: true });
  }

  private refusalOf(
    { kind, openedByHash }: Registration,
    record: PlatformRecord,
    claimed: readonly ClaimedParty[],
  ): RegistrationOutcome | undefined {
    const registered = record.registeredAt !== null;
    if (kind === 'first' && registered) return { outcome: 'already_registered' };
    if (kind === 'update' && !registered) return { outcome: 'not_registered' };
    const taken = this.heldElsewhere(claimed, record.id);
    if (taken !== undefined) return { outcome: 'party_taken', party: bare(taken) };
    const announced = this.announcedKeys.get(record.id)!;
    const stranger = claimed.find((party) => record.announced && !announced.has(roleKey(party)));
    if (stranger !== undefined) return { outcome: 'party_not_announced', party: bare(stranger) };
    const isInvited = record.issuedTokens.some(({ kind: of, hash }) => of === 'A' && hash === openedByHash);
    return kind === 'update' || isInvited ? undefined : { outcome: 'not_invited' };
  }

  private unclaimed(record: PlatformRecord, claimed: readonly ClaimedParty[], now: Date): PartyRecord[] {
    const keys = new Set(claimed.map(roleKey));
    return record.parties
      .filter((party) => !keys.has(roleKey(party)))
      .map((party) => (party.status === 'PLANNED' ? party : letGo(party, now)));
  }
}

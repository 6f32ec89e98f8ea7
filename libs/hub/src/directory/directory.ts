import { type PartyId, type PartyKey, partyKey } from '@app/ocpi';
import { type Agreement, AgreementBook, type Effect } from '../agreement';
import {
  type DirectoryListener,
  type EndpointRecord,
  type IssuedToken,
  type PeerTls,
  type PlatformRecord,
} from '../ports';
import { Trials } from '../status/trials';
import { ListedParties } from './listed-parties';
import { PlatformEntry } from './platform-entry';

const NOBODY: ReadonlySet<PlatformEntry> = new Set();

/** Whom a credentials token belongs to. */
export interface TokenHolder {
  readonly platform: PlatformEntry;
  readonly token: IssuedToken;
}

/**
 * The routing state: platforms, parties, endpoints and tokens in memory, kept up to date by the change feed.
 *
 * Reading it never waits, and the cost of a question does not grow with the number of parties.
 */
export class Directory implements DirectoryListener {
  /** Which messages may go to a platform that is OFFLINE here: known in one place, whichever road they take. */
  readonly trials = new Trials();
  /** Every party in order: what ClientInfo lists are made of. */
  readonly parties = new ListedParties();
  private readonly platforms = new Map<string, PlatformEntry>();
  private readonly tokens = new Map<string, TokenHolder>();
  private readonly byPair = new Map<PartyKey, PlatformEntry[]>();
  /** The platforms on which a pair waits for the operator's approval. */
  private readonly waiting = new Map<PartyKey, Set<string>>();
  /** ModuleID → how many endpoints of platforms carry it. */
  private readonly modules = new Map<string, number>();
  /** ModuleID → the platforms that have its Receiver interface. */
  private readonly receivers = new Map<string, Set<PlatformEntry>>();
  private book: AgreementBook;

  /** @param agreementDefault what holds where no agreement matches */
  constructor(private readonly agreementDefault: Effect = 'allow') {
    this.book = new AgreementBook([], agreementDefault);
  }

  get agreements(): AgreementBook {
    return this.book;
  }

  agreementsChanged(agreements: readonly Agreement[]): void {
    this.book = new AgreementBook(agreements, this.agreementDefault);
  }

  /** The platform that a token hash was issued to; a token past its grace is as good as unknown. */
  holderOf(tokenHash: string, now: Date): TokenHolder | undefined {
    const holder = this.tokens.get(tokenHash);
    const expiresAt = holder?.token.expiresAt;
    return expiresAt && expiresAt <= now ? undefined : holder;
  }

  platform(id: string): PlatformEntry | undefined {
    return this.platforms.get(id);
  }

  /** What the operator set for TLS with a platform: what a courier asks. */
  readonly tlsOf = (platformId: string): PeerTls | undefined => this.platforms.get(platformId)?.record.tls;

  /** The platforms that hold a pair, in whatever role. */
  platformsOf(pair: PartyId): readonly PlatformEntry[] {
    return this.byPair.get(partyKey(pair)) ?? [];
  }

  /** Whether a pair waits for the operator's approval on any platform. */
  waits(pair: PartyId): boolean {
    return this.waiting.has(partyKey(pair));
  }

  /** Whether any platform has this module: what makes a custom ModuleID a URL that exists. */
  advertises(module: string): boolean {
    return this.modules.has(module);
  }

  /** The platforms that implement the Receiver interface of a module. */
  receiversOf(module: string): ReadonlySet<PlatformEntry> {
    return this.receivers.get(module) ?? NOBODY;
  }

  all(): IterableIterator<PlatformEntry> {
    return this.platforms.values();
  }

  platformChanged(platformId: string, record: PlatformRecord | undefined): void {
    this.remove(platformId);
    this.parties.remove(platformId);
    if (record?.status !== 'OFFLINE') this.trials.forget(platformId);
    if (!record) return;
    const platform = new PlatformEntry(record);
    this.add(platform);
    this.parties.add(platform);
  }

  reloaded(records: readonly PlatformRecord[]): void {
    this.platforms.clear();
    this.tokens.clear();
    this.byPair.clear();
    this.waiting.clear();
    this.modules.clear();
    this.receivers.clear();
    for (const record of records) this.add(new PlatformEntry(record));
    this.parties.reset(this.platforms.values());
  }

  private add(platform: PlatformEntry): void {
    this.platforms.set(platform.id, platform);
    for (const token of platform.record.issuedTokens) this.tokens.set(token.hash, { platform, token });
    for (const key of platform.pairs()) this.byPair.set(key, [...(this.byPair.get(key) ?? []), platform]);
    for (const party of platform.record.waiting ?? []) this.addWaiting(partyKey(party), platform.id);
    for (const endpoint of platform.advertised()) this.addEndpoint(endpoint, platform);
  }

  private remove(platformId: string): void {
    const platform = this.platforms.get(platformId);
    if (!platform) return;
    this.platforms.delete(platformId);
    for (const token of platform.record.issuedTokens) this.tokens.delete(token.hash);
    for (const key of platform.pairs()) this.removePair(key, platform);
    for (const party of platform.record.waiting ?? []) this.removeWaiting(partyKey(party), platform.id);
    for (const endpoint of platform.advertised()) {
      this.count(endpoint.module, -1);
      this.receivers.get(endpoint.module)?.delete(platform);
    }
  }

  private addEndpoint({ module, interfaceRole }: EndpointRecord, platform: PlatformEntry): void {
    this.count(module, 1);
    if (interfaceRole !== 'RECEIVER') return;
    const receivers = this.receivers.get(module) ?? new Set();
    this.receivers.set(module, receivers.add(platform));
  }

  private addWaiting(key: PartyKey, platformId: string): void {
    this.waiting.set(key, (this.waiting.get(key) ?? new Set()).add(platformId));
  }

  private removeWaiting(key: PartyKey, platformId: string): void {
    const platforms = this.waiting.get(key);
    platforms?.delete(platformId);
    if (platforms?.size === 0) this.waiting.delete(key);
  }

  private count(module: string, change: 1 | -1): void {
    const left = (this.modules.get(module) ?? 0) + change;
    if (left > 0) this.modules.set(module, left);
    else this.modules.delete(module);
  }

  private removePair(key: PartyKey, platform: PlatformEntry): void {
    const others = (this.byPair.get(key) ?? []).filter((entry) => entry !== platform);
    if (others.length > 0) this.byPair.set(key, others);
    else this.byPair.delete(key);
  }
}

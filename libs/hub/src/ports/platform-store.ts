/**
 * PORT: the record of platforms, their parties, endpoints and credentials tokens.
 *
 * The adapter is `libs/store` (PostgreSQL); every write is one transaction and is announced to all
 * processes, whose `Directory` then follows.
 */
import {
  type InterfaceRole,
  type Party,
  type PartyId,
  type Role,
  type TokenEncoding,
  type Version,
} from '@app/ocpi';
import { type Agreement } from '../agreement';
import { type Once, type Repetition } from './once';
import { type ConnectionStatus, type PartyRecord, type PartyStatus, type WaitingParty } from './party-record';

/** `module` is a ModuleID, custom ones included. */
export interface EndpointRecord {
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly url: string;
}

/** A credentials token that the hub issued; only its hash is known. */
export interface IssuedToken {
  /** SHA-256 of the token's UTF-8 bytes, base64. */
  readonly hash: string;
  /** `A` opens the registration, `C` everything else. */
  readonly kind: 'A' | 'C';
  /** Set on a token that a newer one replaced: it works until then, or until the newer one is used. */
  readonly expiresAt: Date | null;
}

/** A capture as every process that carries messages knows it: it is a part of the platform's record. */
export interface RunningCapture {
  readonly id: string;
  /** From then on nothing is captured, whoever has heard what. */
  readonly endsAt: Date;
  /** Of a longer body the first so many bytes are kept. */
  readonly maxPayloadBytes: number;
}

export interface PlatformRecord {
  readonly id: string;
  readonly name: string;
  readonly status: ConnectionStatus;
  /** The operator stopped its traffic. */
  readonly suspended: boolean;
  readonly version: Version | null;
  readonly versionsUrl: string | null;
  readonly createdAt: Date;
  readonly registeredAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** The operator announced its parties: it may claim no others. */
  readonly announced: boolean;
  readonly parties: readonly PartyRecord[];
  /** Those that wait for the operator's approval; absent: none. */
  readonly waiting?: readonly WaitingParty[];
  readonly endpoints: readonly EndpointRecord[];
  readonly issuedTokens: readonly IssuedToken[];
  /** The token that the platform gave to the hub; null until registered. */
  readonly peerToken: string | null;
  /** How it wants to be shown that token; absent: as the specification asks, in Base64. */
  readonly tokenEncoding?: TokenEncoding;
  /** Hosts (`cpo.example`, `cpo.example:8443`) that its URLs in messages may lead to besides its registered ones. */
  readonly allowedHosts: readonly string[];
  /** The operator sees its payloads until then; absent = nobody does. */
  readonly capture?: RunningCapture;
  /** Absent: its servers are verified as everybody's are, and no certificate is shown there. */
  readonly tls?: PeerTls;
  /** SHA-256 (hex) of the certificates of which it must show one when it calls; absent: none is asked for. */
  readonly pinnedCertificates?: readonly string[];
}

/** TLS with one platform, as the operator set it. All of it is PEM. */
export interface PeerTls {
  /** The authorities that alone are trusted for its servers; null: the well-known ones. */
  readonly ca: string | null;
  /** What the hub shows there. */
  readonly client: { readonly certificate: string; readonly key: string } | null;
}

/** What the operator sets for TLS with a platform, as a whole. */
export type PlatformTls = Pick<PlatformRecord, 'tls' | 'pinnedCertificates'>;

export interface NewPlatform {
  readonly name: string;
  readonly plannedParties: readonly Party[];
  readonly tokenAHash: string;
}

/** What a registration (POST, PUT, or one that the hub began) writes, all or nothing. */
export interface Registration {
  readonly platformId: string;
  /** `first` when it must not be registered yet (POST), `update` when it must be (PUT). */
  readonly kind: 'first' | 'update';
  /** Hash of the token that opened the handshake: of a first registration it must be a token A of the platform still. */
  readonly openedByHash: string;
  readonly version: Version;
  readonly versionsUrl: string;
  readonly peerToken: string;
  readonly tokenEncoding: TokenEncoding;
  /** What the operator did not announce waits for him. */
  readonly approval: boolean;
  readonly parties: readonly (Party & { readonly businessDetails: Record<string, unknown> | null })[];
  readonly endpoints: readonly EndpointRecord[];
  /** Hash of the token C that this registration issues. */
  readonly issuedTokenHash: string;
  /** Until when older C tokens go on working (unless the new one is used first). Tokens A die at once. */
  readonly graceUntil: Date;
  /** What the platform may have; absent: whatever it says. */
  readonly limits?: RegistrationLimits;
}

/** Limits of what one platform may register. */
export interface RegistrationLimits {
  /** Of parties that it holds, and as many again of parties that it gave up. */
  readonly parties: number;
  /** Of modules outside OCPI. */
  readonly customModules: number;
  /** Of PUTs that succeed within an hour; null: this one is not counted. */
  readonly updatesPerHour: number | null;
}

/** A limit that a registration would pass. */
export interface LimitReached {
  readonly limit: 'parties_limit' | 'custom_modules_limit' | 'credentials_updates_limit';
  /** What is too many, and how many are allowed: `12 parties of at most 10`. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

export type RegistrationOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'already_registered' }
  | { readonly outcome: 'not_registered' }
  /** The token A of a first registration was taken back, or replaced, while the handshake was under way. */
  | { readonly outcome: 'not_invited' }
  /** Another platform holds this half of the pair already; nothing was changed. */
  | { readonly outcome: 'party_taken'; readonly party: Party }
  /** The operator announced this platform's parties and this one is not among them; nothing was changed. */
  | { readonly outcome: 'party_not_announced'; readonly party: Party }
  /** Nothing was changed. */
  | ({ readonly outcome: 'limit_reached' } & LimitReached);

export type CreateOutcome =
  | { readonly outcome: 'done'; readonly platform: PlatformRecord }
  | { readonly outcome: 'party_taken'; readonly party: Party };

/** What the operator changes of a platform: what is left out stays as it is. */
export interface PlatformChange {
  readonly name?: string;
  /** All of them. None: from now on it may claim any. */
  readonly plannedParties?: readonly Party[];
  /** Of a registered platform: where it lists its versions. */
  readonly versionsUrl?: string;
}

export type ChangeOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'not_found' }
  /** Another platform holds this half of the pair; nothing was changed. */
  | { readonly outcome: 'party_taken'; readonly party: Party };

export type ApproveOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'not_found' }
  /** This party does not wait on the platform; nothing was changed. */
  | { readonly outcome: 'not_waiting'; readonly party: Party }
  /** Another platform holds this half of the pair; nothing was changed. */
  | { readonly outcome: 'party_taken'; readonly party: Party };

/** A token A that is handed out anew. */
export interface FreshTokenA {
  readonly platformId: string;
  readonly tokenAHash: string;
}

/** `not_found` when there is no such platform; `already_registered` when it has no use for a token A. */
export interface TokenAOutcome {
  readonly outcome: 'done' | 'not_found' | 'already_registered';
}

/** One page of a list: newest or smallest first as the call says, and where to go on. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface PlatformStore {
  create(platform: NewPlatform, now: Date): Promise<CreateOutcome>;
  createOnce(
    once: Once<CreateOutcome>,
    platform: NewPlatform,
    now: Date,
  ): Promise<CreateOutcome | Repetition>;
  find(platformId: string): Promise<PlatformRecord | undefined>;
  /** Platforms in the order of their creation. @throws InvalidCursor */
  list(filter: PlatformFilter, page: PageRequest): Promise<Page<PlatformRecord>>;
  /** Every party of every platform, given-up and waiting ones included, in a fixed order. @throws InvalidCursor */
  listParties(filter: PartyFilter, page: PageRequest): Promise<Page<PartyView>>;
  /** Everything, for a Directory that starts or lost its notifications. */
  loadAll(): Promise<readonly PlatformRecord[]>;
  /** The platform that a token hash belongs to: asked once before a token is refused as unknown. */
  findByTokenHash(hash: string): Promise<PlatformRecord | undefined>;
  /** The platforms that hold a pair: asked once before a receiver is refused as unknown. */
  findByParty(party: PartyId): Promise<readonly PlatformRecord[]>;
  /**
   * Its name, and which parties are announced for it. Those that it does not hold become PLANNED and its own; those
   * that it holds, and neither registered nor are announced any more, are given up. Registered ones stay until its PUT.
   */
  change(platformId: string, change: PlatformChange, now: Date): Promise<ChangeOutcome>;
  register(registration: Registration, now: Date): Promise<RegistrationOutcome>;
  /** Connects parties that wait, all of the platform's when none are given. */
  approve(platformId: string, parties: readonly Party[] | undefined, now: Date): Promise<ApproveOutcome>;
  /** Ends the registration: tokens and endpoints are gone, parties stay as SUSPENDED. False when there was none. */
  unregister(platformId: string, now: Date): Promise<boolean>;
  /**
   * Takes the announcement of a platform back that is not registered: its token A is dead, its parties are given up.
   * False when it is registered, and when neither is there.
   */
  withdraw(platformId: string, now: Date): Promise<boolean>;
  /** A fresh token A replaces every older token A. */
  replaceTokenA(fresh: FreshTokenA, now: Date): Promise<TokenAOutcome>;
  replaceTokenAOnce(
    once: Once<TokenAOutcome>,
    fresh: FreshTokenA,
    now: Date,
  ): Promise<TokenAOutcome | Repetition>;
  /**
   * A token A for the time of a handshake that the hub began, beside all that works already. False, and nothing is
   * lent, while another handshake with the platform has one, and when there is no such platform.
   */
  lendTokenA(platformId: string, tokenAHash: string, until: Date, now: Date): Promise<boolean>;
  /** The handshake failed: the token that was lent is dead. One that a registration made a token C stays. */
  withdrawTokenA(platformId: string, tokenAHash: string): Promise<void>;
  /** The operator's list of further hosts, as a whole. False when there is no such platform. */
  allowHosts(platformId: string, hosts: readonly string[]): Promise<boolean>;
  /** Replaces what was set for TLS with a platform. False when there is no such platform. */
  setTls(platformId: string, tls: PlatformTls): Promise<boolean>;
  /** The newest token C was used: older ones are dead. */
  retireOlderTokens(platformId: string, usedTokenHash: string): Promise<void>;
}

/** A `cursor` that this list never gave out. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/** What changed, as told to every process. */
export interface DirectoryListener {
  /** This platform changed; `undefined` when it is gone. */
  platformChanged(platformId: string, record: PlatformRecord | undefined): void;
  /** Everything may have changed: the first load, or the channel was lost and is back. */
  reloaded(records: readonly PlatformRecord[]): void;
  /** All agreements, after one was made or withdrawn, and before every `reloaded`. */
  agreementsChanged(agreements: readonly Agreement[]): void;
}

export interface ChangeFeed {
  /** Loads everything, then follows. Resolves after the first load. */
  follow(listener: DirectoryListener): Promise<void>;
  close(): Promise<void>;
}

export interface PartyView extends Omit<PartyRecord, 'status'> {
  readonly status: PartyStatus;
  readonly platformId: string;
  readonly platformName: string;
  readonly lastSeenAt: Date | null;
}

export interface PlatformFilter {
  /** A part of the name, in any case. */
  readonly name?: string;
  readonly status?: ConnectionStatus;
  /** It holds this pair, in whichever role. */
  readonly party?: PartyId;
}

export interface PartyFilter {
  readonly role?: Role;
  readonly status?: PartyStatus;
}

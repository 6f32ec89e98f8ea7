import {
  authorizationHeader,
  CONFIGURATION_MODULES,
  type InterfaceRole,
  MODULES,
  type PartyId,
  type PartyKey,
  partyKey,
  type Role,
  sameParty,
} from '@app/ocpi';
import { type Participant } from '../agreement';
import { type EndpointRecord, type PartyRecord, type PlatformRecord } from '../ports';

/**
 * A platform as the forwarding path needs it. A hub has thousands of them, so that nothing is kept twice: a platform's
 * few endpoints are looked through.
 */
export class PlatformEntry {
  private readonly partiesByKey: ReadonlyMap<PartyKey, readonly PartyRecord[]>;
  /** The `Authorization` header that opens this platform; null until it is registered. */
  readonly authorization: string | null;
  /** The pair that a platform with a single one may leave out of its requests. */
  readonly onlyParty: PartyId | undefined;
  /** The pairs that it may speak for now, as agreements see them. */
  readonly participants: readonly Participant[];
  private readonly participantsByKey: ReadonlyMap<PartyKey, Participant>;
  /** The client certificates of which it must show one; null: none is asked for. */
  readonly pins: ReadonlySet<string> | null;

  /** ModuleIDs that it advertises beyond those of the specification, each once. */
  readonly customModules: readonly string[];

  constructor(readonly record: PlatformRecord) {
    this.customModules = customModules(record.endpoints);
    this.partiesByKey = byPair(record.parties);
    const { peerToken, tokenEncoding } = record;
    this.authorization = peerToken === null ? null : authorizationHeader(peerToken, tokenEncoding);
    this.pins = record.pinnedCertificates ? new Set(record.pinnedCertificates) : null;
    const held = record.parties.filter((party) => party.held);
    this.onlyParty = onlyPair(held);
    this.participantsByKey = new Map(
      [...byPair(held)].map(([key, parties]) => [key, participantOf(parties)]),
    );
    this.participants = [...this.participantsByKey.values()];
  }

  get id(): string {
    return this.record.id;
  }

  endpoint(module: string, interfaceRole: InterfaceRole): string | undefined {
    for (const endpoint of this.record.endpoints) {
      if (endpoint.module === module && endpoint.interfaceRole === interfaceRole) return endpoint.url;
    }
    return undefined;
  }

  /** The roles that a pair has or had here; a party that was given up is still listed, with `held` false. */
  partiesOf(pair: PartyId): readonly PartyRecord[] {
    return this.partiesByKey.get(partyKey(pair)) ?? [];
  }

  /** Whether this platform may speak for a pair now. */
  holds(pair: PartyId): boolean {
    return this.partiesOf(pair).some((party) => party.held);
  }

  /** Whether a pair waits here for the operator's approval, in whatever role. */
  waitsFor(pair: PartyId): boolean {
    return this.record.waiting?.some((party) => sameParty(party, pair)) ?? false;
  }

  /** The same in one of these roles: a pair may be a CPO here and an eMSP on another platform. */
  holdsAs(pair: PartyId, roles: readonly Role[]): boolean {
    return this.partiesOf(pair).some((party) => party.held && roles.includes(party.role));
  }

  advertised(): readonly EndpointRecord[] {
    return this.record.endpoints;
  }

  pairs(): IterableIterator<PartyKey> {
    return this.partiesByKey.keys();
  }

  /** A pair as agreements see it: in the roles in which this platform holds it, and no other. */
  participant(party: PartyId): Participant {
    return this.participantsByKey.get(partyKey(party)) ?? { party, roles: [] };
  }

  /** The pairs that it holds in one of these roles and that it registered, each once. */
  pairsIn(roles: readonly Role[]): PartyId[] {
    return [...this.partiesByKey.values()].flatMap((parties) =>
      parties
        .filter(({ held, role, status }) => held && status !== 'PLANNED' && roles.includes(role))
        .slice(0, 1),
    );
  }

  hasRole(pair: PartyId, roles: readonly Role[]): boolean {
    return this.partiesOf(pair).some((party) => roles.includes(party.role));
  }
}

const NONE: readonly string[] = [];
const KNOWN: ReadonlySet<string> = new Set([
  ...MODULES.map(({ module }) => module),
  ...CONFIGURATION_MODULES,
]);

/** Nearly no platform has any, so that these share one list. */
function customModules(endpoints: readonly EndpointRecord[]): readonly string[] {
  const custom = new Set(endpoints.map(({ module }) => module).filter((module) => !KNOWN.has(module)));
  return custom.size === 0 ? NONE : [...custom];
}

function byPair(parties: readonly PartyRecord[]): Map<PartyKey, PartyRecord[]> {
  const map = new Map<PartyKey, PartyRecord[]>();
  for (const party of parties) {
    const key = partyKey(party);
    map.set(key, [...(map.get(key) ?? []), party]);
  }
  return map;
}

function participantOf(parties: readonly PartyRecord[]): Participant {
  return { party: parties[0]!, roles: parties.map(({ role }) => role) };
}

function onlyPair(parties: readonly PartyRecord[]): PartyId | undefined {
  const [first, ...others] = parties;
  return first && others.every((other) => sameParty(first, other)) ? first : undefined;
}

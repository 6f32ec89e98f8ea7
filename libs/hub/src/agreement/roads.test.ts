/** Direct, open routing, broadcast, GET All and HubClientInfo see one and the same agreements. */
import {
  type InterfaceRole,
  MODULES,
  moduleRow,
  type PartyId,
  partyKey,
  type Role,
  sameParty,
} from '@app/ocpi';
import fc from 'fast-check';
import { clientInfoPage } from '../client-info';
import { broadcastReceivers } from '../deliveries';
import { Directory, Newcomers, type PlatformEntry } from '../directory';
import { type Identified, type Permitted } from '../exchange';
import { findReceiver } from '../finders';
import { issuersOf } from '../finders/issuers';
import { counterpartsOf } from '../get-all/counterparts';
import { HubError } from '../hub-error';
import { accept } from '../path/accept';
import { permit } from '../path/permit';
import { type PlatformRecord } from '../ports';
import { type Agreement, type Effect } from './agreement';
import { type Participant } from './rule';
import { parseSide, type Side } from './side';

const NOW = new Date('2026-05-01T12:00:00Z');
const HUB = { countryCode: 'DE', partyId: 'HUB' };
const CUSTOM = 'x-parking';
const MODULE_IDS = [...MODULES.map(({ module }) => module), CUSTOM];

/** Platforms with one party, with two, and with one party in two roles. */
const WORLD: Readonly<Record<string, readonly [pair: string, ...roles: Role[]][]>> = {
  single: [['NL*CPO', 'CPO']],
  double: [
    ['DE*MSP', 'EMSP'],
    ['DE*NSP', 'NSP'],
  ],
  both: [['FR*TWO', 'CPO', 'EMSP']],
};

function pairOf(key: string): PartyId {
  const [countryCode = '', partyId = ''] = key.split('*');
  return { countryCode, partyId };
}

function platformRecord(id: string): PlatformRecord {
  const status = { status: 'CONNECTED' as const, statusSince: NOW, knownSince: NOW, held: true };
  const parties = WORLD[id]!.flatMap(([key, ...roles]) =>
    roles.map((role) => ({ ...pairOf(key), role, ...status, businessDetails: null })),
  );
  const endpoints = MODULE_IDS.flatMap((module) =>
    (['SENDER', 'RECEIVER'] as const).map((interfaceRole) => ({
      ...{ module, interfaceRole, url: `https://${id}.example/${interfaceRole}/${module}` },
    })),
  );
  return {
    ...{ id, name: id, status: 'CONNECTED', suspended: false, version: '2.2.1', announced: false },
    ...{ versionsUrl: null, createdAt: NOW, registeredAt: NOW, lastSeenAt: NOW, allowedHosts: [] },
    ...{ parties, endpoints, issuedTokens: [], peerToken: 'token' },
  };
}

/** One party of the world as it sends or receives. */
interface Actor {
  readonly platform: PlatformEntry;
  readonly party: PartyId;
}

function actorsOf(directory: Directory): Actor[] {
  return [...directory.all()].flatMap((platform) =>
    platform.participants.map(({ party: { countryCode, partyId } }) => ({
      ...{ platform, party: { countryCode, partyId } },
    })),
  );
}

function directoryWith(agreements: readonly Agreement[], fallback: Effect): Directory {
  const directory = new Directory(fallback);
  directory.agreementsChanged(agreements);
  directory.reloaded(Object.keys(WORLD).map(platformRecord));
  return directory;
}

interface Said {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly to?: PartyId;
}

/** A request of an actor, as it is when its sender is known. */
function said(from: Actor, { method = 'GET', path, body, to }: Said): Identified {
  const accepted = accept({
    ...{ method, path: `/ocpi/2.2.1/${path}`, headers: {}, receivedAt: NOW, idsMade: false },
    body: body ? Buffer.from(JSON.stringify(body)) : null,
    ids: { requestId: 'r', correlationId: 'c' },
  });
  const token = { hash: '', kind: 'C', expiresAt: null } as const;
  return { ...accepted, caller: from.platform, token, from: from.party, to };
}

function refusedForAgreement(error: unknown): boolean {
  if (error instanceof HubError && error.code === 'no_agreement') return true;
  // By an id that is known, but not to this sender: the operator alone reads why.
  if (error instanceof HubError && /without an agreement/.test(error.reason)) return true;
  throw error;
}

/** The five ways to ask whether an exchange may be. */
const roads = {
  direct(from: Actor, to: Actor, module: string, directory: Directory): boolean {
    const operation = moduleRow(module)?.interfaces.RECEIVER.operations[0];
    const method = operation?.method ?? 'GET';
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const message = said(from, { method, path: `receiver/${module}/X`, to: to.party, body });
    try {
      return permit(message, { directory, hub: HUB }).receiver?.platform === to.platform;
    } catch (error) {
      return !refusedForAgreement(error);
    }
  },

  /** By the owner of a location, by the token of a CDR, and as one of those who are asked for a token. */
  async openRouting(
    from: Actor,
    to: Actor,
    module: string,
    directory: Directory,
  ): Promise<boolean | undefined> {
    const { countryCode: country_code, partyId: party_id } = to.party;
    const requests: Readonly<Record<string, Said>> = {
      locations: { path: 'sender/locations/LOC1' },
      cdrs: { method: 'POST', path: 'receiver/cdrs', body: { cdr_token: { country_code, party_id } } },
      tokens: { method: 'POST', path: 'sender/tokens/UID1/authorize' },
    };
    const request = requests[module];
    if (!request) return undefined;
    const message: Permitted = { ...said(from, request), scenario: 'open_routing', receiver: undefined };
    if (module !== 'cdrs' && !hasRole(to, module, 'SENDER')) return undefined;
    if (request === requests.tokens) {
      return issuersOf(message, directory).some(({ party }) => sameParty(party, to.party));
    }
    const owners = {
      learn: () => undefined,
      forget: () => undefined,
      dropped: 0,
      close: async () => undefined,
    };
    const newcomers = new Newcomers(directory, NO_STORE, Date.now);
    const parts = { directory, newcomers, owners: { ...owners, ownersOf: async () => [to.party] } };
    return findReceiver(message, parts).then(
      ({ receiver }) => receiver?.platform === to.platform,
      (error: unknown) => !refusedForAgreement(error),
    );
  },

  broadcast(from: Actor, to: Actor, module: string, directory: Directory): boolean | undefined {
    const row = moduleRow(module);
    if (!row?.interfaces.RECEIVER.broadcast || !hasRole(from, row.module, 'SENDER')) return undefined;
    if (!hasRole(to, row.module, 'RECEIVER')) return undefined;
    const sender = { caller: from.platform, from: from.party, version: '2.2.1' as const, row, at: NOW };
    const legs = broadcastReceivers(directory, sender);
    return legs.some(({ party }) => party !== null && sameParty(party, to.party));
  },

  getAll(from: Actor, to: Actor, module: string, directory: Directory): boolean | undefined {
    if (!moduleRow(module)?.getAll || !hasRole(to, module, 'SENDER')) return undefined;
    const identified = said(from, { path: `sender/${module}`, to: HUB });
    const message = permit(identified, { directory, hub: HUB });
    return counterpartsOf(message, directory).some(({ key }) => key === partyKey(to.party));
  },
};

const NO_STORE = { findByTokenHash: async () => undefined, findByParty: async () => [] };

function hasRole({ platform, party }: Actor, module: string, side: InterfaceRole): boolean {
  return platform.hasRole(party, moduleRow(module)!.interfaces[side].roles);
}

/** What the agreements say, written down once more and in the plainest way. */
function says(
  agreements: readonly Agreement[],
  fallback: Effect,
  [from, to, module]: [Actor, Actor, string],
) {
  const [a, b] = [from, to].map(({ platform, party }) => platform.participant(party)) as [
    Participant,
    Participant,
  ];
  const effects = agreements
    .filter((one) => one.modules.includes('*') || one.modules.includes(module))
    .filter((one) => (!one.validFrom || one.validFrom <= NOW) && (!one.validUntil || one.validUntil > NOW))
    .filter(
      (one) =>
        (isOf(one.from, a) && isOf(one.to, b)) || (one.bothWays && isOf(one.from, b) && isOf(one.to, a)),
    )
    .map(({ effect }) => effect);
  if (effects.includes('deny')) return false;
  return effects.includes('allow') || fallback === 'allow';
}

function isOf(side: Side, { party, roles }: Participant): boolean {
  if (side === '*') return true;
  return sameParty(side, party) && (side.role === undefined || roles.includes(side.role));
}

const side = fc.constantFrom(
  '*',
  'NL*CPO',
  'NL*CPO/CPO',
  'DE*MSP',
  'DE*NSP/NSP',
  'FR*TWO',
  'FR*TWO/EMSP',
  'FR*TWO/NAP',
);
const moment = (early: number, late: number) =>
  fc.option(
    fc.integer({ min: early, max: late }).map((minutes) => new Date(NOW.getTime() + minutes * 60_000)),
  );
const effect = fc.constantFrom<Effect>('allow', 'deny');
const agreement: fc.Arbitrary<Agreement> = fc.record({
  id: fc.uuid(),
  from: side.map((text) => parseSide(text)!),
  to: side.map((text) => parseSide(text)!),
  modules: fc.oneof(
    fc.constant(['*']),
    fc.uniqueArray(fc.constantFrom(...MODULE_IDS), { minLength: 1, maxLength: 3 }),
  ),
  effect,
  bothWays: fc.boolean(),
  validFrom: moment(-1, 1),
  validUntil: moment(-1, 1),
  note: fc.constant(null),
});
const world = fc.record({ agreements: fc.array(agreement, { maxLength: 8 }), fallback: effect });

test('every road lets pass what the agreements let pass, and nothing else', async () => {
  const asked: Record<string, Set<boolean>> = {};
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(...MODULE_IDS), async ({ agreements, fallback }, module) => {
      const directory = directoryWith(agreements, fallback);
      const actors = actorsOf(directory);
      for (const from of actors) {
        for (const to of actors.filter((actor) => actor !== from)) {
          const expected = says(agreements, fallback, [from, to, module]);
          for (const [name, road] of Object.entries(roads)) {
            const allowed = await road(from, to, module, directory);
            if (allowed === undefined) continue;
            (asked[name] ??= new Set()).add(allowed);
            const what = `${name}: ${partyKey(from.party)} → ${partyKey(to.party)}, ${module}`;
            expect(`${what}: ${String(allowed)}`).toBe(`${what}: ${String(expected)}`);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  const bothAnswers = new Set([true, false]);
  expect(asked).toEqual({
    direct: bothAnswers,
    openRouting: bothAnswers,
    broadcast: bothAnswers,
    getAll: bothAnswers,
  });
});

test('ClientInfo shows a party as PLANNED to exactly those platforms that may exchange nothing with it', async () => {
  const shown = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async ({ agreements, fallback }) => {
      const directory = directoryWith(agreements, fallback);
      const actors = actorsOf(directory);
      for (const viewer of directory.all()) {
        const paging = { offset: 0, limit: 100, dateFrom: undefined, dateTo: undefined };
        const viewing = { viewer, now: NOW, changesOf: async () => [] };
        const { data } = await clientInfoPage(directory, viewing, paging);
        const own = actors.filter(({ platform }) => platform === viewer);
        for (const { country_code, party_id, status } of data) {
          const key = `${country_code}*${party_id}`;
          const other = actors.find(({ party }) => partyKey(party) === key)!;
          const may = own.some((one) =>
            MODULE_IDS.some(
              (module) =>
                says(agreements, fallback, [one, other, module]) ||
                says(agreements, fallback, [other, one, module]),
            ),
          );
          shown.add(status);
          expect(`${viewer.id} sees ${key} ${status}`).toBe(
            `${viewer.id} sees ${key} ${may ? 'CONNECTED' : 'PLANNED'}`,
          );
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(shown).toEqual(new Set(['CONNECTED', 'PLANNED']));
});

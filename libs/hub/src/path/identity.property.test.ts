/**
 * Whatever platforms register, update, give up and are given: none of them reads, writes, sends or receives anything in
 * the name of a half of a pair that another one holds.
 */
import {
  halfOf,
  INTERFACES,
  MODULES,
  type Party,
  type PartyId,
  partyKey,
  type Role,
  sameParty,
} from '@app/ocpi';
import { PlatformStoreTwin } from '@app/testkit';
import fc from 'fast-check';
import { broadcastReceivers } from '../deliveries';
import { Directory, type PlatformEntry } from '../directory';
import { type Identified } from '../exchange';
import { counterpartsOf } from '../get-all/counterparts';
import { HubError } from '../hub-error';
import { listingOf } from '../objects';
import { accept } from './accept';
import { identify } from './identify';
import { permit } from './permit';

const NOW = new Date('2026-01-01T00:00:00Z');
const HUB = { countryCode: 'DE', partyId: 'HUB' };
const PAIRS: readonly PartyId[] = ['AAA', 'BBB'].map((partyId) => ({ countryCode: 'NL', partyId }));
const ROLES: readonly Role[] = ['CPO', 'EMSP', 'NSP', 'NAP', 'SCSP', 'OTHER'];
const PLATFORMS = 4;

const partyOf = fc
  .tuple(fc.constantFrom(...PAIRS), fc.constantFrom(...ROLES))
  .map(([pair, role]): Party => ({ ...pair, role }));
const parties = fc.uniqueArray(partyOf, {
  maxLength: 4,
  selector: ({ role, ...pair }) => partyKey(pair) + role,
});
const at = fc.nat(PLATFORMS - 1);
type Step = readonly [kind: 'announce' | 'register' | 'approve' | 'unregister', at: number, parties: Party[]];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('announce', 'register', 'register', 'register', 'approve', 'approve', 'unregister'),
  at,
  parties,
);

/** The directory after all steps; what is refused changes nothing. */
async function directoryAfter(steps: readonly Step[], approval: boolean): Promise<Directory> {
  const store = new PlatformStoreTwin();
  const directory = new Directory();
  await store.follow(directory);
  const ids: string[] = [];
  for (let n = 0; n < PLATFORMS; n++) {
    const made = await store.create({ name: `p${n}`, plannedParties: [], tokenAHash: `a${n}` }, NOW);
    if (made.outcome === 'done') ids.push(made.platform.id);
  }
  for (const [kind, n, claimed] of steps) {
    const id = ids[n]!;
    if (kind === 'announce') await store.change(id, { plannedParties: claimed }, NOW);
    else if (kind === 'approve') await store.approve(id, undefined, NOW);
    else if (kind === 'unregister') await store.unregister(id, NOW);
    else await register(store, id, claimed, approval);
  }
  await store.close();
  return directory;
}

async function register(
  store: PlatformStoreTwin,
  id: string,
  claimed: Party[],
  approval: boolean,
): Promise<void> {
  const openedByHash = `of ${id}`;
  await store.replaceTokenA({ platformId: id, tokenAHash: openedByHash });
  const isRegistered = (await store.find(id))?.registeredAt !== null;
  await store.register(
    {
      ...{ platformId: id, kind: isRegistered ? 'update' : 'first', openedByHash, approval },
      ...{ version: '2.2.1', versionsUrl: `https://${id}.example/versions`, peerToken: 't' },
      ...{ tokenEncoding: 'base64', issuedTokenHash: `c of ${id}`, graceUntil: NOW },
      parties: claimed.map((party) => ({ ...party, businessDetails: null })),
      endpoints: MODULES.flatMap(({ module }) =>
        INTERFACES.map((interfaceRole) => ({
          ...{ module, interfaceRole, url: `https://${id}.example/${interfaceRole}/${module}` },
        })),
      ),
    },
    NOW,
  );
}

/** Written once more and in the plainest way: whether a platform holds a pair in one of these roles. */
function has({ record }: PlatformEntry, pair: PartyId, roles: readonly Role[]): boolean {
  return record.parties.some((own) => own.held && sameParty(own, pair) && roles.includes(own.role));
}

/** Whether another platform holds the half of a pair that these roles are of, and this one does not. */
function isForeign(
  directory: Directory,
  platform: PlatformEntry,
  pair: PartyId,
  roles: readonly Role[],
): boolean {
  const halves = new Set(roles.map(halfOf));
  const half = ROLES.filter((role) => halves.has(halfOf(role)));
  if (has(platform, pair, roles)) return false;
  return [...directory.all()].some(
    (other) =>
      other !== platform &&
      has(
        other,
        pair,
        half.filter((role) => !isOwnHalf(platform, pair, role)),
      ),
  );
}

function isOwnHalf(platform: PlatformEntry, pair: PartyId, role: Role): boolean {
  return has(
    platform,
    pair,
    ROLES.filter((each) => halfOf(each) === halfOf(role)),
  );
}

/** As `expect`, which takes longer than all that is looked at here. */
function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

interface Asked {
  readonly caller: PlatformEntry;
  readonly from: PartyId;
  readonly to: PartyId;
  readonly operation: Operation;
}

const OPERATIONS = MODULES.flatMap((row) =>
  INTERFACES.flatMap((interfaceRole) =>
    row.interfaces[interfaceRole].operations.map(({ method }) => ({ row, interfaceRole, method })),
  ),
);
type Operation = (typeof OPERATIONS)[number];

/** The message as it is once its sender is known; the code of the refusal when it is refused. */
function asked({ caller, from, to, operation }: Asked, directory: Directory): Identified | string {
  const { row, interfaceRole, method } = operation;
  const path = `/ocpi/2.2.1/${interfaceRole.toLowerCase()}/${row.module}/${from.countryCode}/${from.partyId}/X1`;
  const [country_code, party_id] = [from.countryCode, from.partyId];
  const headers = {
    ...{ 'ocpi-from-country-code': country_code, 'ocpi-from-party-id': party_id },
    ...{ 'ocpi-to-country-code': to.countryCode, 'ocpi-to-party-id': to.partyId },
  };
  const body = Buffer.from(JSON.stringify({ country_code, party_id, id: 'X1', uid: 'X1' }));
  const accepted = accept({
    ...{
      method,
      path,
      headers,
      receivedAt: NOW,
      idsMade: false,
      ids: { requestId: 'r', correlationId: 'c' },
    },
    body: method === 'GET' || method === 'DELETE' ? null : body,
  });
  const token = { hash: '', kind: 'C', expiresAt: null } as const;
  return tried(() => identify({ ...accepted, caller, token }, directory));
}

function tried<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
}

/** Each way to act in the name of a pair, judged by what the records say. */
function check(directory: Directory, one: Asked): void {
  const { caller, from, to, operation } = one;
  const { row, interfaceRole } = operation;
  const callers = row.interfaces[interfaceRole === 'SENDER' ? 'RECEIVER' : 'SENDER'].roles;
  const message = asked(one, directory);
  if (typeof message === 'string') return;
  insist(!isForeign(directory, caller, from, callers), 'a sender that is another platform');
  const permitted = tried(() => permit(message, { directory, hub: HUB }));
  const receiver = typeof permitted === 'string' ? undefined : permitted.receiver;
  if (receiver) {
    const { roles } = row.interfaces[interfaceRole];
    insist(receiver.platform.holds(to), 'a receiver that does not hold the pair');
    insist(!isForeign(directory, receiver.platform, to, roles), 'a receiver that is another platform');
  }
  const owner = listingOf(message).change?.key.owner.split('*');
  const pair = owner && { countryCode: owner[0]!, partyId: owner[1]! };
  insist(!pair || has(caller, pair, row.interfaces.SENDER.roles), 'a stored object of another');
}

function checkLists(directory: Directory, caller: PlatformEntry, from: PartyId): void {
  for (const row of MODULES.filter(({ getAll }) => getAll)) {
    const sender = { caller, from, version: '2.2.1' as const, row, at: NOW };
    for (const { platformId, party } of broadcastReceivers(directory, sender)) {
      insist(has(caller, from, row.interfaces.SENDER.roles), 'a broadcast in the name of another');
      insist(
        has(directory.platform(platformId)!, party!, row.interfaces.RECEIVER.roles),
        'a broadcast to another',
      );
    }
    const operation = { row, interfaceRole: 'SENDER', method: 'GET' } as const;
    const list = asked({ caller, from, to: HUB, operation: operation as Operation }, directory);
    if (typeof list === 'string') continue;
    const permitted = tried(() => permit(list, { directory, hub: HUB }));
    if (typeof permitted === 'string') continue;
    for (const { platform, party } of counterpartsOf(permitted, directory))
      insist(has(platform, party, row.interfaces.SENDER.roles), 'a list of another');
  }
}

function checkHolders(directory: Directory): void {
  const holders = new Map<string, string>();
  for (const { id, record } of directory.all())
    for (const party of record.parties.filter(({ held }) => held)) {
      const half = `${partyKey(party)} ${halfOf(party.role)}`;
      insist((holders.get(half) ?? id) === id, 'a half with two platforms');
      holders.set(half, id);
    }
}

test('no platform acts in the name of a half that another platform holds, whatever they register', async () => {
  const world = fc.record({ steps: fc.array(step, { minLength: 4, maxLength: 14 }), approval: fc.boolean() });
  const property = fc.asyncProperty(world, async ({ steps, approval }) => {
    const directory = await directoryAfter(steps, approval);
    checkHolders(directory);
    for (const caller of directory.all())
      for (const from of PAIRS) {
        for (const operation of OPERATIONS)
          for (const to of PAIRS) check(directory, { caller, from, to, operation });
        checkLists(directory, caller, from);
      }
  });
  await fc.assert(property, { numRuns: 60 });
}, 60_000);

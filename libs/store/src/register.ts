/** A registration: what the credentials module writes when a platform registers or updates itself. */
import { randomUUID } from 'node:crypto';
import { type EndpointRecord, type Registration, type RegistrationOutcome } from '@app/hub';
import { type Party } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import {
  allWith,
  type Claims,
  claimsOf,
  concerned,
  firstWith,
  heldRow,
  judgeClaims,
  letGo,
  lockPairs,
  roleKey,
  rowsOf,
  writeParties,
} from './claim';
import { UUID } from './cursor';
import { discardUnowed } from './deliveries/discard-unowed';
import { EndpointEntity, PartyEntity, PlatformEntity } from './entities';
import { overLimit } from './registration-limits';
import { type Seal } from './seal';
import { forgetUnowned } from './objects/forget-unowned';
import { noteStatuses } from './statuses/history';
import { hasTokenA, issueTokenC } from './tokens';
import { announce } from './transaction';
import { replaceWaiting } from './waiting-parties';

type ClaimedParty = Registration['parties'][number];

/** A registration on its way into the database. */
interface Step {
  readonly manager: EntityManager;
  readonly platform: PlatformEntity;
  /** The parties that it gets; the others wait. */
  readonly claims: Claims<ClaimedParty>;
  readonly registration: Registration;
  readonly now: Date;
}

/**
 * Writes a registration in the transaction of `manager`; looks at everything before it writes anything, so
 * that a refusal leaves no trace.
 *
 * Spec: 2.2.1-d2 credentials, POST Method and PUT Method.
 */
export async function register(
  manager: EntityManager,
  registration: Registration,
  seal: Seal,
  now: Date,
): Promise<RegistrationOutcome> {
  const platform = await lockPlatform(manager, registration.platformId);
  if (platform === null) return { outcome: 'not_registered' };
  const claimed = claimsOf(registration.parties);
  const pairs = await lockPairs(manager, claimed);
  const announced = platform.announcedParties.length > 0;
  const claimant = { platformId: platform.id, announced, approval: registration.approval };
  const verdicts = judgeClaims(claimed, pairs, claimant);
  const taken = firstWith('taken', claimed, verdicts);
  const refusal =
    refusalOf(registration, platform, claimed, taken) ?? (await notInvited(manager, registration));
  if (refusal !== undefined) return refusal;
  const own = pairs.filter((row) => row.platformId === platform.id && claimed.has(roleKey(row))).length;
  const counting = { registration, platform, claimed: claimed.size, own, now };
  const reached = await overLimit(manager, counting);
  if (reached !== undefined) return reached;
  const claims = allWith('held', claimed, verdicts);
  const rows = rowsOf(claims, pairs);
  const step = { manager, platform, claims, registration, now };
  await replaceParties(step, rows);
  await replaceWaiting(manager, platform.id, allWith('waiting', claimed, verdicts), now);
  await replaceEndpoints(step);
  await issueTokenC(manager, registration, now);
  if (registration.kind === 'first') await discardUnowed(manager, platform.id);
  await markRegistered(step, seal.close(registration.peerToken, platform.id));
  if (registration.kind === 'update') await discardUnowed(manager, platform.id);
  await noteStatuses(manager, platform.id, registration.kind === 'first' ? 'registered' : 'updated');
  await announce(manager, ...concerned(rows, platform.id));
  return { outcome: 'done' };
}

/** Holds up every other write to this platform until the transaction ends. Null when there is none. */
export async function lockPlatform(manager: EntityManager, id: string): Promise<PlatformEntity | null> {
  if (!UUID.test(id)) return null;
  return manager.findOne(PlatformEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

function refusalOf(
  registration: Registration,
  platform: PlatformEntity,
  claims: Claims<ClaimedParty>,
  taken: Party | undefined,
): RegistrationOutcome | undefined {
  const registered = platform.registeredAt !== null;
  if (registration.kind === 'first' && registered) return { outcome: 'already_registered' };
  if (registration.kind === 'update' && !registered) return { outcome: 'not_registered' };
  if (taken !== undefined) return { outcome: 'party_taken', party: taken };
  return notAnnounced(platform.announcedParties, claims);
}

/** A handshake takes a while, and the invitation that it began with may be taken back or replaced meanwhile. */
async function notInvited(
  manager: EntityManager,
  { platformId, kind, openedByHash }: Registration,
): Promise<RegistrationOutcome | undefined> {
  if (kind === 'update' || (await hasTokenA(manager, platformId, openedByHash))) return undefined;
  return { outcome: 'not_invited' };
}

function notAnnounced(announced: string[], claims: Claims<ClaimedParty>): RegistrationOutcome | undefined {
  if (announced.length === 0) return undefined;
  for (const [key, { countryCode, partyId, role }] of claims) {
    if (announced.includes(key)) continue;
    return { outcome: 'party_not_announced', party: { countryCode, partyId, role } };
  }
  return undefined;
}

/** Announced parties that are not claimed are PLANNED; other ones that are no longer claimed are given up. */
async function replaceParties(step: Step, rows: ReadonlyMap<string, PartyEntity>): Promise<void> {
  const { manager, platform, claims, now } = step;
  const holding = { platformId: platform.id, status: statusOf(platform), now } as const;
  const held = await manager.findBy(PartyEntity, { platformId: platform.id, held: true });
  const kept = new Set([...rows.values()].map((row) => row.id));
  await leaveUnclaimed(
    step,
    held.filter((row) => !kept.has(row.id)),
  );
  await writeParties(
    manager,
    [...claims].map(([key, claim]) => heldRow(claim, rows.get(key), holding)),
  );
}

/** Before its first registration a platform holds what was announced for it, and nothing that it could give up. */
async function leaveUnclaimed(step: Step, unclaimed: readonly PartyEntity[]): Promise<void> {
  const { manager, platform, registration, now } = step;
  if (registration.kind === 'first') {
    const holding = { platformId: platform.id, status: 'PLANNED', now } as const;
    const planned = unclaimed.map((row) => heldRow({ ...row, businessDetails: null }, row, holding));
    return writeParties(manager, planned);
  }
  const givenUp = unclaimed.filter((row) => row.status !== 'PLANNED').map((row) => row.id);
  await letGo(manager, givenUp, now);
  if (givenUp.length > 0) await forgetUnowned(manager, platform.id);
}

/** What the operator suspended stays so, whatever the platform registers. */
function statusOf(platform: PlatformEntity): 'CONNECTED' | 'SUSPENDED' {
  return platform.suspended ? 'SUSPENDED' : 'CONNECTED';
}

async function replaceEndpoints({ manager, platform, registration }: Step): Promise<void> {
  await manager.delete(EndpointEntity, { platformId: platform.id });
  const endpoints = new Map<string, EndpointRecord>();
  for (const endpoint of registration.endpoints) {
    const key = `${endpoint.interfaceRole} ${endpoint.module}`;
    if (!endpoints.has(key)) endpoints.set(key, endpoint);
  }
  const rows = [...endpoints.values()].map(({ module, interfaceRole, url }) => {
    return { id: randomUUID(), platformId: platform.id, module, interfaceRole, url };
  });
  await manager.insert(EndpointEntity, rows);
}

async function markRegistered(step: Step, peerToken: Buffer): Promise<void> {
  const { manager, platform, registration, now } = step;
  await manager.update(
    PlatformEntity,
    { id: platform.id },
    {
      status: statusOf(platform),
      version: registration.version,
      versionsUrl: registration.versionsUrl,
      registeredAt: platform.registeredAt ?? now,
      peerToken,
      tokenEncoding: registration.tokenEncoding,
    },
  );
}

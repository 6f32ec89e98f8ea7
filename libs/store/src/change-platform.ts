import { type ChangeOutcome, type ConnectionStatus, type PlatformChange } from '@app/hub';
import { type Party } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import {
  type Claims,
  claimsOf,
  concerned,
  heldRow,
  letGo,
  lockPairs,
  rowsOf,
  takenParty,
  writeParties,
} from './claim';
import { PartyEntity, PlatformEntity } from './entities';
import { lockPlatform } from './register';
import { noteStatuses } from './statuses/history';
import { announce } from './transaction';
import { replaceWaiting, waitingClaim, waitingOf } from './waiting-parties';

/** A platform whose announced parties are being changed. */
interface Step {
  readonly manager: EntityManager;
  readonly platform: PlatformEntity;
  readonly claims: Claims<Party>;
  readonly rows: Map<string, PartyEntity>;
  readonly now: Date;
}

/** What the operator changes of a platform; looks at everything before it writes anything. */
export async function changePlatform(
  manager: EntityManager,
  platformId: string,
  { name, plannedParties, versionsUrl }: PlatformChange,
  now: Date,
): Promise<ChangeOutcome> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null) return { outcome: 'not_found' };
  const claims = claimsOf(plannedParties ?? []);
  const pairs = await lockPairs(manager, claims);
  const rows = rowsOf(claims, pairs);
  const taken = takenParty(claims, pairs, platform.id);
  if (taken !== undefined) return { outcome: 'party_taken', party: taken };
  if (name !== undefined) await manager.update(PlatformEntity, { id: platform.id }, { name });
  if (versionsUrl !== undefined && platform.registeredAt !== null) {
    await manager.update(PlatformEntity, { id: platform.id }, { versionsUrl });
  }
  if (plannedParties !== undefined) await announceParties({ manager, platform, claims, rows, now });
  await announce(manager, ...concerned(rows, platform.id));
  return { outcome: 'done' };
}

async function announceParties(step: Step): Promise<void> {
  const { manager, platform, claims } = step;
  const announcedParties = [...claims.keys()];
  await manager.update(PlatformEntity, { id: platform.id }, { announcedParties });
  await giveUpOthers(step);
  await noteStatuses(manager, platform.id, 'not_announced');
  await approveAnnounced(step);
  await takeNew(step);
  await noteStatuses(manager, platform.id, 'announced');
}

/** What the platform claims already is connected at once. A platform with announced parties may claim no others. */
async function approveAnnounced({ manager, platform, claims, rows, now }: Step): Promise<void> {
  if (claims.size === 0) return;
  const holding = { platformId: platform.id, status: platform.status, now };
  const waiting = await waitingOf(manager, platform.id);
  const claimed = [...waiting].filter(([key]) => claims.has(key) && rows.get(key)?.held !== true);
  const connected = claimed.map(([key, row]) => heldRow(waitingClaim(row), rows.get(key), holding));
  await writeParties(manager, connected);
  for (const [index, [key]] of claimed.entries()) rows.set(key, connected[index]!);
  await replaceWaiting(manager, platform.id, new Map(), now);
}

/** What it holds, did not register and is not announced for it any more. */
async function giveUpOthers({ manager, platform, rows, now }: Step): Promise<void> {
  const held = await manager.findBy(PartyEntity, { platformId: platform.id, held: true });
  const kept = new Set([...rows.values()].map((row) => row.id));
  const others = held.filter((row) => !kept.has(row.id) && !isRegistered(platform, row));
  await letGo(
    manager,
    others.map((row) => row.id),
    now,
  );
}

/** A registered platform has announced parties that it did not claim: they are PLANNED, and nothing else is. */
function isRegistered({ registeredAt }: PlatformEntity, { status }: PartyEntity): boolean {
  return registeredAt !== null && status !== 'PLANNED';
}

/** What it holds already stays as it is. With something to expect of it again, it is PLANNED itself. */
async function takeNew({ manager, platform, claims, rows, now }: Step): Promise<void> {
  const status = statusOf(platform);
  const fresh = [...claims].filter(([key]) => rows.get(key)?.held !== true);
  if (fresh.length === 0) return;
  const holding = { platformId: platform.id, status, now };
  await writeParties(
    manager,
    fresh.map(([key, party]) => heldRow({ ...party, businessDetails: null }, rows.get(key), holding)),
  );
  if (platform.registeredAt === null) await manager.update(PlatformEntity, { id: platform.id }, { status });
}

/** As `suspend` has it: PLANNED parties are stopped with a platform that is not registered, and with no other. */
function statusOf({ suspended, registeredAt }: PlatformEntity): ConnectionStatus {
  return suspended && registeredAt === null ? 'SUSPENDED' : 'PLANNED';
}

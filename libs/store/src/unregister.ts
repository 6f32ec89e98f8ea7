import { type StatusReason } from '@app/hub';
import { type EntityManager } from 'typeorm';
import { letGo } from './claim';
import { discardUnowed } from './deliveries/discard-unowed';
import {
  CredentialsTokenEntity,
  EndpointEntity,
  PartyEntity,
  PlatformEntity,
  WaitingPartyEntity,
} from './entities';
import { lockPlatform } from './register';
import { noteStatuses } from './statuses/history';
import { announce } from './transaction';

/**
 * Ends a registration: no token works any more, nothing can be sent there, its parties are shown as SUSPENDED
 * and may be claimed by others.
 *
 * Spec: 2.2.1-d2 credentials, DELETE Method.
 * @returns false when the platform was not registered
 */
export async function unregister(manager: EntityManager, platformId: string, now: Date): Promise<boolean> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null || platform.registeredAt === null) return false;
  await end(manager, platformId, 'unregistered', now);
  return true;
}

/**
 * Takes an announcement back, with what a registration ends with: its token A is dead and its announced parties may be
 * claimed by others.
 *
 * @returns false when the platform is registered, and when there is nothing to take back
 */
export async function withdraw(manager: EntityManager, platformId: string, now: Date): Promise<boolean> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null || platform.registeredAt !== null) return false;
  const isAnnounced =
    (await manager.existsBy(CredentialsTokenEntity, { platformId })) ||
    (await manager.existsBy(PartyEntity, { platformId, held: true }));
  if (isAnnounced) await end(manager, platformId, 'not_announced', now);
  return isAnnounced;
}

async function end(
  manager: EntityManager,
  platformId: string,
  reason: StatusReason,
  now: Date,
): Promise<void> {
  await manager.delete(CredentialsTokenEntity, { platformId });
  await manager.delete(EndpointEntity, { platformId });
  await manager.delete(WaitingPartyEntity, { platformId });
  const parties = await manager.findBy(PartyEntity, { platformId });
  await letGo(
    manager,
    parties.map((party) => party.id),
    now,
  );
  const none = { version: null, versionsUrl: null, registeredAt: null, peerToken: null };
  const ended = { ...none, tokenEncoding: 'base64' } as const;
  await manager.update(PlatformEntity, { id: platformId }, { status: 'SUSPENDED', ...ended });
  await discardUnowed(manager, platformId);
  await noteStatuses(manager, platformId, reason);
  await announce(manager, platformId);
}

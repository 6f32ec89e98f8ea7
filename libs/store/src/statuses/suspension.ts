import { type ConnectionStatus } from '@app/hub';
import { type EntityManager } from 'typeorm';
import { PlatformEntity } from '../entities';
import { lockPlatform } from '../register';
import { announce } from '../transaction';
import { noteStatuses } from './history';

/** Of a registered platform, announced parties that it did not claim yet are PLANNED still. */
const SUSPEND = `
  UPDATE parties SET status = 'SUSPENDED', status_since = $2
  WHERE platform_id = $1 AND held AND status = ANY($3)`;

const RESUME = `
  UPDATE parties SET status = $3, status_since = $2, known_since = $2
  WHERE platform_id = $1 AND held AND status = 'SUSPENDED'`;

/** The operator stops a platform's traffic. @returns false when there is no such platform */
export async function suspend(manager: EntityManager, platformId: string, now: Date): Promise<boolean> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null) return false;
  const stopped: ConnectionStatus[] = platform.registeredAt === null ? ['PLANNED'] : ['CONNECTED', 'OFFLINE'];
  await manager.update(PlatformEntity, { id: platformId }, { suspended: true, status: 'SUSPENDED' });
  await manager.query(SUSPEND, [platformId, now, stopped]);
  await noteStatuses(manager, platformId, 'suspended');
  await announce(manager, platformId);
  return true;
}

/** The operator restarts a platform's traffic. @returns false when there is no such platform */
export async function resume(manager: EntityManager, platformId: string, now: Date): Promise<boolean> {
  const platform = await lockPlatform(manager, platformId);
  if (platform === null) return false;
  if (!platform.suspended) return true;
  const status: ConnectionStatus = platform.registeredAt === null ? 'PLANNED' : 'CONNECTED';
  await manager.update(PlatformEntity, { id: platformId }, { suspended: false, status });
  await manager.query(RESUME, [platformId, now, status]);
  await noteStatuses(manager, platformId, 'resumed');
  await announce(manager, platformId);
  return true;
}

/** What a registration would be too many of, by the rows as they are in its transaction. */
import {
  countUpdate,
  limitReached,
  type Registration,
  type RegistrationOutcome,
  type UpdatesCounted,
} from '@app/hub';
import { type EntityManager } from 'typeorm';
import { EndpointEntity, PartyEntity, PlatformEntity } from './entities';

/** A registration that was not refused for anything else. */
export interface Counting {
  readonly registration: Registration;
  readonly platform: PlatformEntity;
  /** Parties that it claims, and those of them that the platform has in the list already. */
  readonly claimed: number;
  readonly own: number;
  readonly now: Date;
}

/**
 * Looks at the limits of a registration, and counts it if it is a PUT. Part of the transaction of `manager`, which
 * has the lock on the platform.
 *
 * @returns the refusal, if there is one
 */
export async function overLimit(
  manager: EntityManager,
  { registration, platform, claimed, own, now }: Counting,
): Promise<RegistrationOutcome | undefined> {
  const { limits, kind, endpoints } = registration;
  if (!limits) return undefined;
  const { id: platformId } = platform;
  const held = await manager.countBy(PartyEntity, { platformId, held: true });
  const givenUp = await manager.countBy(PartyEntity, { platformId, held: false });
  const advertised = await manager.findBy(EndpointEntity, { platformId });
  const before = { held, givenUp, modules: advertised.map(({ module }) => module) };
  const names = { held: claimed, givenUp: held + givenUp - own };
  const reached = limitReached(limits, before, { ...names, modules: endpoints.map(({ module }) => module) });
  if (reached) return { outcome: 'limit_reached', ...reached };
  if (kind === 'first' || limits.updatesPerHour === null) return undefined;
  const counted = countUpdate(limits.updatesPerHour, countedOf(platform), now);
  if ('limit' in counted) return { outcome: 'limit_reached', ...counted };
  await manager.update(
    PlatformEntity,
    { id: platformId },
    { updatesSince: counted.since, updates: counted.count },
  );
  return undefined;
}

function countedOf({ updatesSince, updates }: PlatformEntity): UpdatesCounted | undefined {
  return updatesSince === null ? undefined : { since: updatesSince, count: updates };
}

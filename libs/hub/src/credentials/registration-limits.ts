/** Limits of what one platform may register. A platform above one keeps what it has: only growth is refused. */
import { MODULES } from '@app/ocpi';
import { type LimitReached, type RegistrationLimits } from '../ports';

/** What of a registration is limited. */
export interface Counted {
  /** Parties that the platform holds. */
  readonly held: number;
  /** Parties that it gave up and that are still in the list. */
  readonly givenUp: number;
  /** Modules that it advertises, on whichever interface. */
  readonly modules: readonly string[];
}

/** PUTs that succeeded in the hour that began at `since`. */
export interface UpdatesCounted {
  readonly since: Date;
  readonly count: number;
}

const HOUR_MS = 3_600_000;
const KNOWN: ReadonlySet<string> = new Set([
  ...MODULES.map(({ module }) => module),
  ...['credentials', 'hubclientinfo', 'versions'],
]);

/** The limits as the settings give them. */
export function registrationLimitsOf(settings: {
  readonly maxPartiesPerPlatform: number;
  readonly maxCustomModulesPerPlatform: number;
  readonly maxCredentialsUpdatesPerHourPerPlatform: number;
}): RegistrationLimits {
  return {
    parties: settings.maxPartiesPerPlatform,
    customModules: settings.maxCustomModulesPerPlatform,
    updatesPerHour: settings.maxCredentialsUpdatesPerHourPerPlatform,
  };
}

/** How many of these modules are outside OCPI. */
export function customModulesIn(modules: readonly string[]): number {
  return new Set(modules.filter((module) => !KNOWN.has(module))).size;
}

/** The limit that a change of what a platform registers would pass; `undefined` when it passes none. */
export function limitReached(
  { parties, customModules }: RegistrationLimits,
  before: Counted,
  after: Counted,
): LimitReached | undefined {
  if (isGrowthOver(parties, before.held, after.held))
    return { limit: 'parties_limit', detail: `${after.held} parties of at most ${parties}` };
  if (isGrowthOver(2 * parties, namesOf(before), namesOf(after))) {
    const said = `${after.givenUp} parties that were given up of at most ${2 * parties - after.held}; they are forgotten with time`;
    return { limit: 'parties_limit', detail: said };
  }
  const [had, has] = [customModulesIn(before.modules), customModulesIn(after.modules)];
  if (!isGrowthOver(customModules, had, has)) return undefined;
  return { limit: 'custom_modules_limit', detail: `${has} custom modules of at most ${customModules}` };
}

function isGrowthOver(limit: number, before: number, after: number): boolean {
  return after > limit && after > before;
}

function namesOf({ held, givenUp }: Counted): number {
  return held + givenUp;
}

/** The counter after one more PUT, or the limit that it would pass. */
export function countUpdate(
  most: number,
  counted: UpdatesCounted | undefined,
  now: Date,
): UpdatesCounted | LimitReached {
  const endsAt = counted ? counted.since.getTime() + HOUR_MS : 0;
  if (!counted || endsAt <= now.getTime()) return { since: now, count: 1 };
  if (counted.count < most) return { since: counted.since, count: counted.count + 1 };
  const retryAfterSeconds = Math.ceil((endsAt - now.getTime()) / 1000);
  const detail = `${most} PUTs within an hour; the next one in ${retryAfterSeconds} s`;
  return { limit: 'credentials_updates_limit', detail, retryAfterSeconds };
}

import { whole } from './parsers';
import { row } from './row';

/** Limits of what one platform may have the hub keep and announce. A platform that is above one keeps what it has. */
export const limitRows = {
  maxPartiesPerPlatform: row(
    'MAX_PARTIES_PER_PLATFORM',
    whole(1, 1_000),
    'Parties that a platform may register, unless the operator announced more for it; of parties that it gave up, as many are kept in the list',
    { fallback: '100' },
  ),
  maxCustomModulesPerPlatform: row(
    'MAX_CUSTOM_MODULES_PER_PLATFORM',
    whole(0, 200),
    'Modules outside OCPI that a platform may advertise',
    { fallback: '20' },
  ),
  maxCredentialsUpdatesPerHourPerPlatform: row(
    'MAX_CREDENTIALS_UPDATES_PER_HOUR_PER_PLATFORM',
    whole(1, 3_600),
    'PUTs of credentials of one platform that succeed within an hour; those that the operator begins do not count',
    { fallback: '20' },
  ),
};

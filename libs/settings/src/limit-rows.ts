import { whole } from './parsers';
import { row } from './row';
import { SPAN_SECONDS } from './spans';

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
  maxObjectsPerPlatform: row(
    'MAX_OBJECTS_PER_PLATFORM',
    whole(1, 1_000_000_000),
    'Locations, tariffs and tokens of one platform that are kept for GET All',
    { fallback: '500000' },
  ),
  maxStoredBytesPerPlatform: row(
    'MAX_STORED_BYTES_PER_PLATFORM',
    whole(16_384, 2 ** 50),
    'Objects, pushes and callback URLs of one platform in the database; from half of it on, finished deliveries of its pushes are removed early',
    { fallback: '2147483648' },
  ),
  forgetUnusedPartiesDays: row(
    'FORGET_UNUSED_PARTIES_DAYS',
    whole(1, 3650),
    'Days after which a party that its platform gave up, and that never exchanged a message, is removed from the list',
    { fallback: '30' },
  ),
};

/** How much captures of payloads may take, and for how long. */
export const captureRows = {
  captureKeepSeconds: row(
    'CAPTURE_KEEP_SECONDS',
    SPAN_SECONDS,
    'For how long after its end what was captured of a platform is kept',
    { fallback: '86400' },
  ),
  captureMaxBytesPerPlatform: row(
    'CAPTURE_MAX_BYTES_PER_PLATFORM',
    whole(65_536, 2 ** 30),
    'The most that what was captured of one platform may take in the database, encrypted; then its capture ends',
    { fallback: '67108864' },
  ),
  captureMaxBytesTotal: row(
    'CAPTURE_MAX_BYTES_TOTAL',
    whole(65_536, 2 ** 36),
    'The most for all platforms together; a capture that could take more is not started',
    { fallback: '268435456' },
  ),
};

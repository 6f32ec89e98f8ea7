import { countryCode, imageUrl, partyId, textOf, webUrl } from './parsers';
import { row } from './row';

/** What the hub says of itself in its credentials. Spec: 2.2.1-d2 credentials, CredentialsRole class. */
export const identityRows = {
  hubCountryCode: row('HUB_COUNTRY_CODE', countryCode, 'Country code of the hub party', { fallback: 'DE' }),
  hubPartyId: row('HUB_PARTY_ID', partyId, 'Party id of the hub party', { fallback: 'HUB' }),
  hubName: row('HUB_NAME', textOf(1, 100), 'Name of the hub in its business details', {
    fallback: 'OCPI Hub',
  }),
  hubWebsite: row('HUB_WEBSITE', webUrl, 'Website of the hub in its business details', {
    defaultShown: 'none',
  }),
  hubLogoUrl: row('HUB_LOGO_URL', imageUrl, 'Logo of the hub in its business details', {
    defaultShown: 'none',
  }),
};

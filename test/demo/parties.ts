import { type Party } from '@app/ocpi';

export const CPO: Party = { countryCode: 'NL', partyId: 'VLT', role: 'CPO' };
export const EMSP: Party = { countryCode: 'DE', partyId: 'DRV', role: 'EMSP' };

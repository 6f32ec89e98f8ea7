import { type PartyId } from '@app/ocpi';

/**
 * What begins the names of a hub's things in a store that several hubs may share; all processes of one hub agree on it.
 * The name of the database and not its address: processes of one hub may reach it in different ways.
 */
export function sharedNameOf(hub: PartyId, databaseUrl: string): string {
  const database = new URL(databaseUrl).pathname.slice(1) || 'postgres';
  return `hub-${hub.countryCode}-${hub.partyId}-${database}`;
}

/** Platforms to try a store with. */
import { createHash, randomUUID } from 'node:crypto';
import { type ChangeFeed, type PlatformRecord, type PlatformStore, type Registration } from '@app/hub';
import { type Party } from '@app/ocpi';

/** A store, the feed of its changes, and what the operator does to it beside the port. */
export interface PlatformStoreWorld {
  readonly platforms: PlatformStore;
  readonly changes: ChangeFeed;
  suspend(platformId: string): Promise<void>;
  end(): Promise<void>;
}

/** A fixed day, in minutes: `at(5)` is five minutes after noon. */
export function at(minutes: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 12, minutes));
}

export const CPO: Party = { countryCode: 'NL', partyId: 'CPO', role: 'CPO' };
export const EMSP: Party = { countryCode: 'NL', partyId: 'EMP', role: 'EMSP' };
export const OTHER_CPO: Party = { countryCode: 'DE', partyId: 'CPO', role: 'CPO' };

/** SHA-256 of a token's UTF-8 bytes, base64. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** The token A of a platform that `createdPlatform` made, as its hash. */
export function tokenAHashOf(platformId: string): string {
  return hashOf(`token A of ${platformId}`);
}

/** A registration of one CPO; `more` says what is different. */
export function registrationOf(platformId: string, more: Partial<Registration> = {}): Registration {
  return {
    platformId,
    kind: 'first',
    openedByHash: tokenAHashOf(platformId),
    version: '2.2.1',
    versionsUrl: 'https://cpo.example/ocpi/versions',
    peerToken: `peer-token-${platformId}`,
    tokenEncoding: 'base64',
    approval: false,
    parties: claim(CPO),
    endpoints: [
      { module: 'locations', interfaceRole: 'SENDER', url: 'https://cpo.example/ocpi/2.2.1/locations/' },
    ],
    issuedTokenHash: hashOf(randomUUID()),
    graceUntil: at(10),
    ...more,
  };
}

/** Parties as a platform claims them. */
export function claim(...parties: readonly Party[]): Registration['parties'] {
  return parties.map((party) => ({ ...party, businessDetails: { name: `${party.partyId} Ltd` } }));
}

/** A platform that the operator made, with these parties announced. */
export async function createdPlatform(
  platforms: PlatformStore,
  ...plannedParties: readonly Party[]
): Promise<PlatformRecord> {
  const created = await platforms.create(
    { name: 'A platform', plannedParties, tokenAHash: hashOf(randomUUID()) },
    at(0),
  );
  if (created.outcome !== 'done') throw new Error(created.outcome);
  const { id } = created.platform;
  await platforms.replaceTokenA({ platformId: id, tokenAHash: tokenAHashOf(id) }, at(0));
  return (await platforms.find(id))!;
}

/** A platform that registered with these parties. */
export async function registeredPlatform(
  platforms: PlatformStore,
  ...parties: readonly Party[]
): Promise<PlatformRecord> {
  const { id } = await createdPlatform(platforms);
  const { outcome } = await platforms.register(registrationOf(id, { parties: claim(...parties) }), at(1));
  if (outcome !== 'done') throw new Error(outcome);
  return (await platforms.find(id))!;
}

/** Asks again until `read` gives something true, or 10 s have passed. */
export async function eventually<T>(read: () => T | Promise<T>): Promise<NonNullable<T>> {
  const until = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > until) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

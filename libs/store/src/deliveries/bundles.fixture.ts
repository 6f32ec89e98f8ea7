/** What the tests of bundles have in common: a real PostgreSQL with two platforms, and pushes to many of their parties. */
import { randomUUID } from 'node:crypto';
import { type DueLegs, type LeasedLeg, type Leg, type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type Store } from '@app/store';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

export const LEASE_MS = 10_000;
/** The fewest legs that are bundled. */
export const MANY = 20;

/** A database of a test file. */
export class BundleBench {
  store!: Store;
  platforms: string[] = [];
  private database!: FreshDatabase;

  get url(): string {
    return this.database.url;
  }

  async open(): Promise<void> {
    this.database = await freshDatabase();
    this.store = await storeOn(this.url);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.database.drop();
  }

  /** Two platforms, and nothing that waits. */
  async clear(): Promise<void> {
    await sql(
      this.url,
      'TRUNCATE platforms, deliveries, pushes, delivery_receivers, delivery_bundles CASCADE',
    );
    this.platforms = [await this.connected(), await this.connected()];
  }

  /** So many legs, by turns to the two platforms. */
  legs(count: number): Leg[] {
    return Array.from({ length: count }, (_, n) => ({
      platformId: this.platforms[n % 2]!,
      party: { countryCode: 'NL', partyId: String(n).padStart(3, '0') },
    }));
  }

  accept(legs: readonly Leg[], method = 'PUT', rest = '/NL/CPO/L1'): Promise<DueLegs> {
    const push = {
      ...{ id: randomUUID(), routing: 'hub', module: 'locations', method, rest, query: '', headers: [] },
      ...{ body: Buffer.from('{ "v": 1.00 }'), object: pushedObject('locations', rest), version: '2.2.1' },
      ...{ requestId: 'r', correlationId: 'c', from: null, maxAgeSeconds: 60 },
    } as OutgoingPush;
    return this.store.outbox.accept(push, legs, { inBundles: true });
  }

  take(bundle: string, { deliveries } = this.store): Promise<readonly LeasedLeg[]> {
    return deliveries.take(bundle, LEASE_MS);
  }

  /** How many rows there are in each state. */
  async states(): Promise<Record<string, number>> {
    const rows = await sql<{ state: string; legs: number }>(
      this.url,
      'SELECT state, count(*)::int AS legs FROM deliveries GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, legs }) => [state, legs]));
  }

  private async connected(): Promise<string> {
    const given = { name: 'a', plannedParties: [], tokenAHash: randomUUID() };
    const created = await this.store.platforms.create(given, new Date());
    if (created.outcome !== 'done') throw new Error(created.outcome);
    await sql(this.url, `UPDATE platforms SET status = 'CONNECTED' WHERE id = $1`, [created.platform.id]);
    return created.platform.id;
  }
}

export function partiesOf(legs: readonly { readonly party: Leg['party'] }[]): string[] {
  return legs.map(({ party }) => party!.partyId).sort();
}

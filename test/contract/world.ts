/** A running hub, and what its operator has to do with: made when a call needs it. */
import { randomUUID } from 'node:crypto';
import { type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { createLogger } from '@app/runtime';
import { openStore, type Store } from '@app/store';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';

interface Made {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface World {
  readonly hub: TestHub;
  /** A name of a party that nobody had before: `NL*A07`. */
  name(): string;
  /** A platform that the operator announced. */
  announced(): Promise<Made>;
  /** One that registered. */
  registered(): Promise<JoinedPlatform>;
  /** The id of a delivery in this state. */
  delivery(state: string): Promise<string>;
  agreement(): Promise<Made>;
  /** A key with a role, `key` in it. */
  key(role: string, more?: object): Promise<Made & { readonly key: string }>;
  close(): Promise<void>;
}

/** Starts it. Call it in `beforeAll` and `close()` in `afterAll`. */
export async function startWorld(): Promise<World> {
  const hub = await startHub();
  const store = await openStore({ ...hub.settings, log: createLogger('test', 'silent') });
  let names = 0;
  const name = (): string => `NL*A${(names++).toString(36).toUpperCase().padStart(2, '0')}`;
  const make = <T = Made>(path: string, body: object): Promise<T> => hub.admin.ask('POST', path, body);
  const announced = (): Promise<Made> => make('/platforms', { name: `Platform ${names}` });
  return {
    hub,
    name,
    announced,
    registered: () => hub.join('registered', [party(name(), 'CPO')]),
    delivery: async (state) => {
      const { id } = await announced();
      return deliveryTo(id, state, { store, databaseUrl: hub.settings.databaseUrl });
    },
    agreement: () => make('/agreements', agreementOf(name())),
    key: (role, more = {}) => make('/api-keys', { name: `A ${role}`, role, ...more }),
    close: async () => {
      await store.close();
      await hub.close();
    },
  };
}

/** An agreement as the API takes it, about a party of this name. */
export function agreementOf(name: string): object {
  const [country_code, party_id] = name.split('*');
  return { from: { country_code, party_id }, to: '*', modules: ['cdrs'], effect: 'deny' };
}

interface Place {
  readonly store: Store;
  readonly databaseUrl: string;
}

async function deliveryTo(platformId: string, state: string, { store, databaseUrl }: Place): Promise<string> {
  const push: OutgoingPush = {
    ...{ id: randomUUID(), routing: 'hub', module: 'locations', method: 'PUT', rest: '/NL/CPO/L1' },
    ...{ query: '', headers: [], body: Buffer.from('{}'), version: '2.2.1', from: null, maxAgeSeconds: 900 },
    ...{ object: pushedObject('locations', '/NL/CPO/L1') },
    ...{ requestId: randomUUID(), correlationId: randomUUID() },
  };
  await store.outbox.accept(push, [{ platformId, party: { countryCode: 'DE', partyId: 'MSP' } }]);
  const [row] = await sql<{ id: string }>(
    databaseUrl,
    `UPDATE deliveries SET state = $2, finished_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE now() END
     WHERE push_id = $1 RETURNING id`,
    [push.id, state],
  );
  return row!.id;
}

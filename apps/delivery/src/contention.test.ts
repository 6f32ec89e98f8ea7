/** Two workers, a router and an operator who get in each other's way, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CourierRequest,
  type DeliveryLine,
  type Directory,
  type Leg,
  type OutgoingPush,
} from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { type Store } from '@app/store';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { sql, storeOn } from '../../../test/support/store';
import { allSettled } from '../../../test/support/waiting';
import { Drainer, type DrainerParts } from './drainer';
import { startSweep } from './sweep';

const LEASE_MS = 20_000;
const RUN_MS = 6_000;
const RECEIVERS = 300;
const OBJECTS = 6;

let database: FreshDatabase;
let router: Store;
let workers: Store[];
let platforms: string[];
beforeAll(async () => {
  database = await freshDatabase();
  [router, ...workers] = (await Promise.all([1, 2, 3].map(() => storeOn(database.url)))) as [
    Store,
    ...Store[],
  ];
  platforms = await Promise.all([1, 2, 3].map(connected));
});
afterAll(async () => {
  await Promise.all([router, ...workers].map((store) => store.close()));
  await database.drop();
});

async function connected(): Promise<string> {
  const given = { name: 'a', plannedParties: [], tokenAHash: randomUUID() };
  const created = await router.platforms.create(given, new Date());
  if (created.outcome !== 'done') throw new Error(created.outcome);
  await sql(database.url, `UPDATE platforms SET status = 'CONNECTED' WHERE id = $1`, [created.platform.id]);
  return created.platform.id;
}

/** Receivers that fail now and then, and notice what must not be. */
class Receivers {
  readonly faults: string[] = [];
  private readonly busy = new Set<string>();
  private readonly newest = new Map<string, number>();
  private readonly done = new Set<string>();

  readonly send = async ({ headers, url, body }: CourierRequest) => {
    const to = headers[headers.indexOf('OCPI-to-party-id') + 1];
    const place = `${to} ${url}`;
    const { version } = JSON.parse(Buffer.from(body!).toString()) as { version: number };
    if (this.busy.has(place)) this.faults.push(`${place}: two at a time`);
    if (this.done.has(`${place} ${version}`)) this.faults.push(`${place}: ${version} twice`);
    if ((this.newest.get(place) ?? 0) > version) this.faults.push(`${place}: ${version} too late`);
    this.busy.add(place);
    this.newest.set(place, version);
    await sleep(Math.random() * 10);
    this.busy.delete(place);
    const isGood = Math.random() < 0.9;
    if (isGood) this.done.add(`${place} ${version}`);
    const answer = Buffer.from(`{"status_code":${isGood ? 1000 : 3000}}`);
    return { httpStatus: isGood ? 200 : 500, headers: {}, body: answer };
  };
}

const legs = (): Leg[] =>
  Array.from({ length: RECEIVERS }, (_, n) => ({
    platformId: platforms[n % platforms.length]!,
    party: { countryCode: 'NL', partyId: String(n).padStart(3, '0') },
  }));

function push(object: string, version: number): OutgoingPush {
  const rest = `/NL/CPO/${object}`;
  return {
    ...{ id: randomUUID(), routing: 'hub', module: 'locations', method: version % 3 ? 'PUT' : 'PATCH', rest },
    ...{ query: '', headers: [], body: Buffer.from(JSON.stringify({ version })), version: '2.2.1' },
    ...{ object: pushedObject('locations', rest), requestId: 'r', correlationId: 'c', from: null },
    maxAgeSeconds: 120,
  } as OutgoingPush;
}

/** Each of these again and again, for the time of the run. */
async function run(...works: (() => Promise<unknown>)[]): Promise<void> {
  const end = performance.now() + RUN_MS;
  const repeat = async (work: () => Promise<unknown>): Promise<void> => {
    while (performance.now() < end) {
      await work();
      await sleep(Math.random() * 40);
    }
  };
  await Promise.all(works.map(repeat));
}

function startWorkers(receivers: Receivers) {
  const drainers: Drainer[] = [];
  /** To any of the workers; now and then a wake-up is lost. */
  const wake = (lines: readonly DeliveryLine[], bundles: readonly string[] = []): void => {
    const at = Math.floor(Math.random() * workers.length);
    if (Math.random() < 0.1) return;
    void drainers[at]!.take(lines);
    for (const bundle of bundles) void drainers[at]!.takeBundle(bundle);
  };
  const endpoint = (): string => 'http://receiver/locations';
  const record = { status: 'CONNECTED', suspended: false, registeredAt: new Date() };
  const directory = {
    platform: () => ({ record, authorization: 'Token t', endpoint, holdsAs: () => true }),
  } as unknown as Directory;
  const parts = {
    ...{
      courier: { send: receivers.send },
      directory,
      messageLog: { record: () => undefined },
      waker: { wake },
    },
    ...{
      hub: { countryCode: 'NL', partyId: 'HUB' },
      answerTimeoutMs: 1_000,
      firstRetryMs: 50,
      leaseMs: LEASE_MS,
    },
    ...{ newId: randomUUID, now: () => new Date(), random: Math.random, onSent: () => undefined },
    log: { error: () => undefined },
  } as unknown as DrainerParts;
  for (const { deliveries } of workers) drainers.push(new Drainer({ ...parts, deliveries }));
  const sweeps = workers.map(({ deliveries }, at) =>
    startSweep({
      ...{ deliveries, waker: { wake }, drainer: drainers[at]!, log: parts.log },
      ...{ releaseDead: async () => 0, onExpired: () => {} },
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.all(sweeps.map((sweep) => sweep.close()));
    await Promise.all(drainers.map((drainer) => drainer.close(1_000)));
  };
  return { wake, close };
}

test('nothing is lost, sent twice, out of order or two at a time, whoever gets in whose way', async () => {
  const receivers = new Receivers();
  const { wake, close } = startWorkers(receivers);
  let version = 0;
  const send = (object: string) => async (): Promise<void> => {
    const { lines, bundles } = await router.outbox.accept(push(object, ++version), legs(), {
      inBundles: true,
    });
    wake(lines, bundles);
  };
  const pause = async (): Promise<void> => {
    await router.deliveryArchive.pause(platforms[0]!);
    await sleep(Math.random() * 40);
    wake(await router.deliveryArchive.resume(platforms[0]!));
  };
  const park = (): Promise<void> => workers[0]!.deliveries.park(platforms[1]!);
  await run(...Array.from({ length: OBJECTS }, (_, n) => send(`L${n}`)), pause, park);
  await allSettled(database.url, 30_000);
  await close();
  expect(receivers.faults).toEqual([]);
}, 60_000);

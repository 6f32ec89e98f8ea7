/** Real processes that are killed at random moments while broadcasts are accepted, and what must hold after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminClient, TestPlatform } from '@app/testkit';
import { HUB_PARTY, party } from '../support/hub';
import { freePort } from '../support/ports';
import { type AppName, startProcess, TEST_KEYS, type TestProcess } from '../support/processes';
import { allSettled } from '../support/waiting';
import { endConnections, HubsPostgres, OwnPostgres } from './own-postgres';
import { OwnRedis } from './own-redis';

const CPO = party('NL*CPO', 'CPO');
/** Seven parties on each of three platforms: together as many receivers as make a bundle. */
const RECEIVERS = ['FR*ON', 'FR*TW', 'FR*TH'].map((begin) =>
  Array.from({ length: 7 }, (_, n) => `${begin}${n}`),
);
/** Every other push is one of these objects, again and again; the rest are objects of their own. */
const SHARED_OBJECTS = 20;
const SENDERS = 8;
/** A push whose router was killed is sent again, as a CPO would, until it is accepted. */
const PUSH_LIMIT_MS = 60_000;
/** What a killed worker had in hand goes on at another within 15 s. */
const SETTLE_LIMIT_MS = 60_000;

/** What may be killed, and what brings it back. */
export type Victim = 'router' | 'worker' | 'redis' | 'postgres' | 'connections';

/**
 * A hub of real processes on a Redis and a PostgreSQL of its own: one router, two workers, the admin; or `embedded`: all
 * in one process, which has started its PostgreSQL itself.
 */
export class HubUnderFire {
  private readonly processes = new Map<string, TestProcess>();
  private readonly redis = new OwnRedis();
  private env: Record<string, string> = {};
  private readonly database: OwnPostgres | HubsPostgres;
  private cpo!: TestPlatform;
  readonly receivers: TestPlatform[] = [];
  /** Object → the newest version that was accepted. */
  readonly accepted = new Map<string, number>();
  kills = 0;

  constructor(private readonly isEmbedded = false) {
    this.database = isEmbedded ? new HubsPostgres() : new OwnPostgres();
  }

  async start(): Promise<void> {
    if (this.database instanceof OwnPostgres) await this.database.start();
    await this.redis.start();
    const [port, adminPort] = [String(await freePort()), String(await freePort())];
    this.env = {
      ...TEST_KEYS,
      ...(this.isEmbedded ? { DATA_DIR: this.database.folder } : { DATABASE_URL: this.database.url }),
      ...{ REDIS_URL: this.redis.url, OCPI_PORT: port, ADMIN_PORT: adminPort },
      ...{ PUBLIC_URL: `http://127.0.0.1:${port}`, BIND_HOST: '127.0.0.1', ALLOW_PRIVATE_NETWORKS: 'true' },
      ...{ FORWARD_TIMEOUT_MS: '1000', CONNECT_TIMEOUT_MS: '1000', DELIVERY_FIRST_RETRY_MS: '200' },
    };
    const names = this.isEmbedded ? ['hub'] : ['router', 'worker 1', 'worker 2', 'admin'];
    await Promise.all(names.map((name) => this.startOne(name)));
    const admin = new AdminClient(`http://127.0.0.1:${adminPort}`, TEST_KEYS.ADMIN_API_KEY);
    this.cpo = await this.join(admin, ['NL*CPO'], 'CPO');
    for (const parties of RECEIVERS) this.receivers.push(await this.join(admin, parties, 'EMSP'));
  }

  /** Sends broadcasts and resolves when each of them was accepted. */
  async sendAll(count: number): Promise<void> {
    const next = { number: 0 };
    const send = async (sender: number): Promise<void> => {
      for (let at = next.number++; at < count; at = next.number++) {
        // A shared object has one sender, which waits for each answer: its versions have an order.
        const shared = at % 2 === 0;
        await this.push(shared ? `S${sender}-${at % SHARED_OBJECTS}` : `U${at}`, at + 1);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
  }

  /** `kill -9`, and a new process in its place; Redis comes back on the same port with nothing in it. */
  async kill(victim: Victim): Promise<void> {
    this.kills++;
    if (victim === 'postgres') return this.database.kill();
    if (victim === 'connections') return endConnections(this.database.url);
    if (victim === 'redis') return this.redis.kill().then(() => this.redis.start());
    const name = victim === 'router' ? 'router' : `worker ${1 + Math.floor(Math.random() * 2)}`;
    await this.processes.get(name)?.kill('SIGKILL');
    await this.startOne(name);
  }

  /** What is wrong once nothing waits any more: nothing, if the hub keeps its word. */
  async faults(): Promise<string[]> {
    await allSettled(this.database.url, SETTLE_LIMIT_MS);
    return this.receivers.flatMap((receiver, at) => faultsOf(receiver, RECEIVERS[at]!, this.accepted));
  }

  async close(): Promise<void> {
    await Promise.all([...this.processes.values()].map((one) => one.kill()));
    await Promise.all([this.cpo, ...this.receivers].map((one) => one.close()));
    await this.redis.kill();
    await this.database.drop();
  }

  private async push(object: string, version: number): Promise<void> {
    const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
    const end = performance.now() + PUSH_LIMIT_MS;
    while (performance.now() < end) {
      const call = { ...put, rest: `/NL/CPO/${object}`, body: { version }, from: CPO, to: HUB_PARTY };
      const answer = await this.cpo.call(call).catch(() => undefined);
      if (answer?.httpStatus === 200 && answer.json().status_code === 1000) {
        this.accepted.set(object, version);
        return;
      }
      await sleep(50);
    }
    throw new Error(`${object} was not accepted within ${PUSH_LIMIT_MS} ms`);
  }

  private async startOne(name: string): Promise<void> {
    const app = (name.startsWith('worker') ? 'delivery' : name) as AppName;
    this.processes.set(name, await startProcess(app, this.env));
  }

  private async join(
    admin: AdminClient,
    parties: readonly string[],
    role: 'CPO' | 'EMSP',
  ): Promise<TestPlatform> {
    const name = parties[0]!;
    const roles = parties.map((pair) => party(pair, role));
    const platform = await TestPlatform.start({ name, roles });
    const { token_a } = await admin.createPlatform(name, roles);
    await platform.register(`${this.env.PUBLIC_URL}/ocpi/versions`, token_a);
    return platform;
  }
}

function faultsOf(
  { received }: TestPlatform,
  parties: readonly string[],
  accepted: ReadonlyMap<string, number>,
): string[] {
  const versions = new Map<string, number[]>();
  for (const { rest, body, headers } of received.filter(({ method }) => method === 'PUT')) {
    const to = `${headers['ocpi-to-country-code']}*${headers['ocpi-to-party-id']}`;
    const place = `${to} ${rest.split('/').at(-1)}`;
    const { version } = JSON.parse(body.toString()) as { version: number };
    versions.set(place, [...(versions.get(place) ?? []), version]);
  }
  const places = parties.flatMap((to) =>
    [...accepted].map(([object, newest]) => ({ place: `${to} ${object}`, newest })),
  );
  return places.flatMap(({ place, newest }) => {
    const seen = versions.get(place) ?? [];
    const isOrdered = seen.every((version, at) => at === 0 || version >= seen[at - 1]!);
    return isOrdered && seen.at(-1) === newest ? [] : [`${place}: ${seen.join()}, accepted ${newest}`];
  });
}

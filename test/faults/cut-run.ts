/** A whole hub whose connections to PostgreSQL are ended again and again, under traffic of every kind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminClient, type CallAnswer, fixtureFor, TestPlatform } from '@app/testkit';
import { Client } from 'pg';
import { type FreshDatabase, freshDatabase } from '../support/database';
import { HUB_PARTY, party } from '../support/hub';
import { freePort } from '../support/ports';
import { startProcess, TEST_KEYS, type TestProcess } from '../support/processes';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');
/** All at once, and some of them while statements run. */
const CUT = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < $1`;
/** In no line of any log. */
const PAYLOAD = 'payload-of-a-location';
/** Between two calls of one kind, in ms: some hundred messages a second in all. */
const PAUSE_MS = 5;
/** The traffic goes on for so long afterwards, in ms: also on a busy machine some broadcasts are accepted. */
const AFTERWARDS_MS = 1_000;
/** Between two cuts, at most, in ms: some transactions must come through. */
const CALM_MS = 600;
/** A direct message needs no database; a busy machine takes some hundred ms. */
const PROMPT_MS = 2_000;
/** Leases of deliveries whose end could not be written run out first. */
const SETTLE_MS = 60_000;

/** What a call was answered → how often. */
type Outcomes = Map<string, number>;

class CutHub {
  private process: TestProcess | undefined;
  private database!: FreshDatabase;
  private admin!: AdminClient;
  cpo!: TestPlatform;
  emsp!: TestPlatform;
  /** Kind of traffic → what it was answered, and how often. */
  readonly outcomes = new Map<string, Outcomes>();
  /** Correlation ids of direct messages that were answered. */
  readonly direct: string[] = [];
  /** Object → the newest version that was accepted. */
  readonly accepted = new Map<string, number>();
  cuts = 0;
  private over = false;

  async start(env: Record<string, string> = {}): Promise<void> {
    this.database = await freshDatabase();
    const [port, adminPort] = [String(await freePort()), String(await freePort())];
    this.process = await startProcess('hub', {
      ...{ DATABASE_URL: this.database.url, OCPI_PORT: port, ADMIN_PORT: adminPort, LOG_LEVEL: 'warn' },
      ...{ PUBLIC_URL: `http://127.0.0.1:${port}`, BIND_HOST: '127.0.0.1', ALLOW_PRIVATE_NETWORKS: 'true' },
      ...{ FORWARD_TIMEOUT_MS: '1000', CONNECT_TIMEOUT_MS: '1000', DELIVERY_FIRST_RETRY_MS: '200' },
      ...env,
    });
    this.admin = new AdminClient(`http://127.0.0.1:${adminPort}`, TEST_KEYS.ADMIN_API_KEY);
    this.cpo = await this.join('cpo', CPO);
    this.emsp = await this.join('emsp', EMSP);
  }

  /** Ends connections for some time while every kind of traffic goes on; resolves when both are over. */
  async underFire(forMs: number): Promise<void> {
    const traffic = Object.entries(this.kinds()).map(([kind, call]) => this.keepCalling(kind, call));
    await this.cut(forMs);
    await sleep(AFTERWARDS_MS);
    this.over = true;
    await Promise.all(traffic);
  }

  /** What is wrong with what was accepted, once nothing waits any more. */
  async faults(): Promise<string[]> {
    await allSettled(this.database.url, SETTLE_MS);
    const seen = new Map<string, number>();
    for (const { method, rest, body } of this.emsp.received.filter(({ module }) => module === 'locations')) {
      if (method === 'PUT') seen.set(rest, (JSON.parse(body.toString()) as { version: number }).version);
    }
    return [...this.accepted].flatMap(([object, version]) =>
      seen.get(object) === version ? [] : [`${object}: ${seen.get(object)}, accepted ${version}`],
    );
  }

  /** Direct messages that are in no row of the log, and what the hub counted as lost. */
  async logged(): Promise<{ readonly missing: number; readonly dropped: number }> {
    const known = `SELECT count(DISTINCT correlation_id)::int AS n FROM messages WHERE correlation_id = ANY($1)`;
    let missing = Infinity;
    const all = async (): Promise<boolean> => {
      const [row] = await sql<{ n: number }>(this.database.url, known, [this.direct]);
      missing = this.direct.length - row!.n;
      return missing <= (await this.dropped());
    };
    await until(all, 15_000, () => ({ missing }));
    return { missing, dropped: await this.dropped() };
  }

  get hasEnded(): Promise<boolean> {
    return Promise.race([this.process!.ended.then(() => true), sleep(0, false)]);
  }

  /** Tokens that the hub must keep to itself. */
  get secrets(): string[] {
    return [this.cpo, this.emsp].map(({ hub }) => hub.token!);
  }

  output(): string {
    return this.process!.output();
  }

  async close(): Promise<void> {
    await this.process?.kill();
    await Promise.all([this.cpo, this.emsp].map((platform) => platform?.close()));
    await this.database.drop();
  }

  private async dropped(): Promise<number> {
    const page = await (await fetch(`${this.admin.url}/metrics`)).text();
    return Number(/^hub_message_log_dropped (\d+)/m.exec(page)?.[1]);
  }

  private async cut(forMs: number): Promise<void> {
    const operator = new Client({ connectionString: this.database.url });
    await operator.connect();
    for (const end = performance.now() + forMs; performance.now() < end; this.cuts++) {
      await operator.query(CUT, [this.cuts % 3 === 0 ? 1 : 0.5]);
      await sleep(Math.random() * CALM_MS);
    }
    await operator.end();
  }

  private async keepCalling(kind: string, call: () => Promise<CallAnswer>): Promise<void> {
    const outcomes: Outcomes = new Map();
    this.outcomes.set(kind, outcomes);
    while (!this.over) {
      const before = performance.now();
      const answer = await call().catch((error: Error) => error);
      const late = kind === 'direct' && performance.now() - before > PROMPT_MS ? ' late' : '';
      const outcome = outcomeOf(answer) + late;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await sleep(PAUSE_MS);
    }
  }

  /** One call of each kind of traffic that a hub has. */
  private kinds(): Record<string, () => Promise<CallAnswer>> {
    const { cpo, emsp, admin } = this;
    const fromEmsp = { from: EMSP, interfaceRole: 'SENDER', module: 'locations', method: 'GET' } as const;
    return {
      direct: () => this.sendDirect(),
      broadcast: () => this.broadcast(),
      command: () => this.command(),
      'GET All': () => emsp.call({ ...fromEmsp, to: HUB_PARTY }),
      'live list': () => emsp.call({ ...fromEmsp, module: 'sessions', to: HUB_PARTY }),
      'open routing': () => emsp.call({ ...fromEmsp, rest: '/L1' }),
      statuses: () => emsp.hub.send({ method: 'GET', url: emsp.hub.endpoint('hubclientinfo', 'SENDER') }),
      credentials: () => cpo.hub.credentials('GET'),
      'admin read': () => admin.send('GET', '/messages?limit=5'),
      'admin change': () => admin.send('POST', '/platforms', { name: 'made under fire' }),
    };
  }

  private async sendDirect(): Promise<CallAnswer> {
    const put = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1' } as const;
    const answer = await this.cpo.call({ ...put, body: { id: 'S1' }, from: CPO, to: EMSP });
    this.direct.push(answer.correlationId!);
    return answer;
  }

  private version = 0;

  private async broadcast(): Promise<CallAnswer> {
    const version = ++this.version;
    const rest = `/NL/CPO/L${version % 20}`;
    const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
    const answer = await this.cpo.call({
      ...put,
      rest,
      body: { version, name: PAYLOAD },
      from: CPO,
      to: HUB_PARTY,
    });
    // One that was refused may have been taken all the same: its answer is what was lost.
    if (outcomeOf(answer) === '200 1000') this.accepted.set(rest, version);
    else this.accepted.delete(rest);
    return answer;
  }

  private command(): Promise<CallAnswer> {
    const key = { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' } as const;
    const responseUrl = `${this.emsp.endpoint('commands', 'SENDER')}/results/1`;
    const { body } = fixtureFor(key, { cpo: CPO, emsp: EMSP, responseUrl });
    return this.emsp.call({ ...key, rest: '/START_SESSION', body, from: EMSP, to: CPO });
  }

  private async join(name: string, role: typeof CPO): Promise<TestPlatform> {
    const platform = await TestPlatform.start({ name, roles: [role] });
    const { token_a } = await this.admin.createPlatform(name, [role]);
    await platform.register(`${this.process!.url}/ocpi/versions`, token_a);
    return platform;
  }
}

/** `200 1000`; `503 4000 again` with a `Retry-After`; the code of the error where there was no answer. */
function outcomeOf(answer: CallAnswer | Error): string {
  if (!('httpStatus' in answer)) return String((answer as { code?: string }).code ?? answer.message);
  const { status_code: status, code } = answer.json<{ status_code?: number; code?: string }>();
  const again = answer.headers['retry-after'] === undefined ? '' : ' again';
  return `${answer.httpStatus} ${status ?? code ?? 'data'}${again}`;
}

/** Answers that each kind of traffic may get while connections are ended; a direct message gets one kind only. */
const NEEDS_DATABASE = ['200 1000', '503 4000 again'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  direct: ['200 1000'],
  // Of a location that was not pushed yet nobody knows the owner.
  'open routing': [...NEEDS_DATABASE, '200 4001'],
  credentials: ['200 1000'],
  'admin read': ['200 data', '503 database_unavailable again'],
  'admin change': ['201 data', '503 database_unavailable again'],
};

/** Runs a hub under fire and holds it to its word. */
export async function expectUnharmed(forMs: number): Promise<void> {
  const hub = new CutHub();
  try {
    await hub.start();
    await hub.underFire(forMs);
    if (await hub.hasEnded) throw new Error(`the hub ended:\n${hub.output().slice(-2_000)}`);
    const strange = [...hub.outcomes].flatMap(([kind, outcomes]) =>
      [...outcomes.keys()]
        .filter((each) => !(ALLOWED[kind] ?? NEEDS_DATABASE).includes(each))
        .map((each) => `${kind}: ${each}`),
    );
    const failures = hub
      .output()
      .split('\n')
      .filter((line) => line.includes('inside the hub'));
    expect([strange, failures.slice(0, 3)]).toEqual([[], []]);
    for (const secret of [PAYLOAD, ...hub.secrets]) expect(hub.output()).not.toContain(secret);
    expect(hub.accepted.size).toBeGreaterThan(0);
    expect(await hub.faults()).toEqual([]);
    const { missing, dropped } = await hub.logged();
    expect(missing).toBeLessThanOrEqual(dropped);
    console.log(
      `${hub.cuts} times cut off:`,
      Object.fromEntries([...hub.outcomes].map(([kind, seen]) => [kind, Object.fromEntries(seen)])),
      { logged: hub.direct.length - missing, dropped },
    );
  } finally {
    await hub.close();
  }
}

/** A whole hub in one process, as it stands on the open internet: nothing private is allowed, platforms have names. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Party } from '@app/ocpi';
import { AdminClient, MisbehavingParty, TestPlatform, type TestPlatformOptions } from '@app/testkit';
import { type FreshDatabase, freshDatabase } from './database';
import { type JoinedPlatform } from './hub';
import { freePort, lonelyPort } from './ports';
import { startProcess, TEST_KEYS, type TestProcess } from './processes';

/** Public, and never connected to: see `scripted-names.mjs`. */
export const PUBLIC = '9.9.9.9';

/** By then a connection that was cut is known as such, on a busy machine too. */
const NOTICED_MS = 50;

type Options = Partial<TestPlatformOptions>;

export class NamedHub {
  /** What an attacker is after: at its port on every address that is not public, and it counts who comes. */
  inner!: MisbehavingParty;
  admin!: AdminClient;
  versionsUrl = '';
  databaseUrl = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'hub-names-'));
  private readonly names = new Map<string, readonly (readonly string[])[]>();
  private readonly platforms: TestPlatform[] = [];
  private database!: FreshDatabase;
  private process!: TestProcess;

  static async start(env: Record<string, string> = {}): Promise<NamedHub> {
    const hub = new NamedHub();
    hub.database = await freshDatabase();
    hub.databaseUrl = hub.database.url;
    hub.inner = await MisbehavingParty.start('empty_204', await lonelyPort());
    hub.name('nobody.test');
    await hub.startProcess(env);
    return hub;
  }

  private async startProcess(env: Record<string, string>): Promise<void> {
    const [port, adminPort] = [String(await freePort()), String(await freePort())];
    const fixture = pathToFileURL(join(__dirname, 'scripted-names.mjs')).href;
    this.process = await startProcess('hub', {
      ...{ DATABASE_URL: this.databaseUrl, ALLOW_PRIVATE_NETWORKS: 'false', LOG_LEVEL: 'warn' },
      ...{ OCPI_PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BIND_HOST: '127.0.0.1' },
      ...{ ADMIN_PORT: adminPort, NODE_OPTIONS: `--import ${fixture}`, NAMES_FILE: this.namesFile },
      ...env,
    });
    this.versionsUrl = `${this.process.url}/ocpi/versions`;
    this.admin = new AdminClient(`http://127.0.0.1:${adminPort}`, TEST_KEYS.ADMIN_API_KEY);
  }

  /** From now on a name has these addresses, or other ones with each look-up. */
  name(name: string, ...answers: readonly (readonly string[])[]): void {
    this.names.set(name, answers);
    // The hub may read it at any moment, and must not find half of it.
    writeFileSync(`${this.namesFile}.new`, JSON.stringify(Object.fromEntries(this.names)));
    renameSync(`${this.namesFile}.new`, this.namesFile);
  }

  /** Where a name leads to what is private. */
  innerAt(name: string): string {
    return this.inner.origin.replace('127.0.0.1', name);
  }

  /** Starts a platform at a public address, under its name. */
  async start(host: string, parties: readonly Party[], more: Options = {}): Promise<TestPlatform> {
    this.name(host, [PUBLIC]);
    const platform = await TestPlatform.start({ name: host, host, roles: parties, ...more });
    this.platforms.push(platform);
    return platform;
  }

  /** Starts it, announces it with its parties as the operator would, and gives it its token A. */
  async invite(host: string, parties: readonly Party[], more: Options = {}): Promise<JoinedPlatform> {
    const platform = await this.start(host, parties, more);
    const { id, token_a } = await this.admin.createPlatform(host, parties);
    platform.hub.token = token_a;
    return Object.assign(platform, { id });
  }

  /** Starts it and registers it. */
  async join(host: string, parties: readonly Party[], more: Options = {}): Promise<JoinedPlatform> {
    const platform = await this.invite(host, parties, more);
    await platform.register(this.versionsUrl, platform.hub.token!);
    return platform;
  }

  /** What the process has in memory, in bytes, as its metrics say. */
  async residentBytes(): Promise<number> {
    const page = await (await fetch(`${this.process.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\d+)/m.exec(page)?.[1]);
  }

  /** Ends the connections that the hub keeps to a platform: the next one begins with a look-up. */
  async partWith(platform: TestPlatform): Promise<void> {
    await platform.restart();
    await sleep(NOTICED_MS);
  }

  /** Addresses that connections of the hub were made to, of names alone. */
  dialled(): string[] {
    return [...this.process.output().matchAll(/^dials \S+ at (\S+)$/gm)].map((found) => found[1]!);
  }

  async close(): Promise<void> {
    await this.process.kill();
    await Promise.all(this.platforms.map((platform) => platform.close()));
    await this.inner.close();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get namesFile(): string {
    return join(this.folder, 'names.json');
  }
}

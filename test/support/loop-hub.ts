/** A whole hub in a process of its own whose event loop is watched, and platforms that join it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isJson, type Party } from '@app/ocpi';
import { AdminClient, TestPlatform, type TestPlatformOptions } from '@app/testkit';
import { type FreshDatabase, freshDatabase } from './database';
import { type JoinedPlatform } from './hub';
import { freePort } from './ports';
import { startProcess, TEST_KEYS, type TestProcess } from './processes';

/** What a message may hold the loop for on an idle machine, in ms. */
const MOST_HELD_MS = 50;
/** CPU time of one pass over `CALIBRATION` there, in ms: a busy or slower machine is allowed in proportion. */
const USUAL_PASS_MS = 15;
const CALIBRATION = Buffer.from(`[${Array<string>(2_000_000).fill('0').join(',')}]`);
/** The watch writes every 20 ms; what a message left to do afterwards (store, deliveries) is done by then. */
const SETTLED_MS = 150;
const WATCH = pathToFileURL(join(__dirname, 'loop-watch.mjs')).href;

export class LoopHub {
  admin!: AdminClient;
  versionsUrl = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'hub-loop-'));
  private readonly platforms: TestPlatform[] = [];
  private database!: FreshDatabase;
  private process!: TestProcess;
  private held: { readonly name: string; readonly heldMs: number; readonly mostMs: number }[] = [];

  static async start(env: Record<string, string> = {}): Promise<LoopHub> {
    const hub = new LoopHub();
    hub.database = await freshDatabase();
    const [port, adminPort] = [String(await freePort()), String(await freePort())];
    hub.process = await startProcess('hub', {
      ...{ DATABASE_URL: hub.database.url, LOG_LEVEL: 'warn', BIND_HOST: '127.0.0.1' },
      ...{ OCPI_PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ADMIN_PORT: adminPort },
      ...{ ALLOW_PRIVATE_NETWORKS: 'true', NODE_OPTIONS: `--import ${WATCH}`, LOOP_WATCH_FILE: hub.file },
      ...{ COMMAND_TIMEOUT_MS: '30000', FORWARD_TIMEOUT_MS: '30000' },
      ...env,
    });
    hub.versionsUrl = `${hub.process.url}/ocpi/versions`;
    hub.admin = new AdminClient(`http://127.0.0.1:${adminPort}`, TEST_KEYS.ADMIN_API_KEY);
    return hub;
  }

  /** Starts a platform and registers it, its parties announced as the operator would. */
  async join(
    name: string,
    parties: readonly Party[],
    more: Partial<TestPlatformOptions> = {},
  ): Promise<JoinedPlatform> {
    const platform = await TestPlatform.start({ name, roles: parties, ...more });
    this.platforms.push(platform);
    const { id, token_a } = await this.admin.createPlatform(name, parties);
    await platform.register(this.versionsUrl, token_a);
    return Object.assign(platform, { id });
  }

  /** Does something and notes for how long the loop was held meanwhile, by what it sets off as well. */
  async watched<T>(name: string, work: () => Promise<T>): Promise<T> {
    rmSync(this.file, { force: true });
    await this.written();
    const result = await work();
    await sleep(SETTLED_MS);
    const heldMs = Number(readFileSync(this.file, 'utf8'));
    this.held.push({
      name,
      heldMs,
      mostMs: (MOST_HELD_MS * Math.max(USUAL_PASS_MS, passMs())) / USUAL_PASS_MS,
    });
    return result;
  }

  /** What was watched since the last call held the loop for no longer than a message may, on this machine as it is now. */
  expectQuick(): void {
    const { held } = this;
    this.held = [];
    expect(held.length).toBeGreaterThan(0);
    expect(held.filter(({ heldMs, mostMs }) => heldMs > mostMs)).toEqual([]);
  }

  async close(): Promise<void> {
    await this.process.kill();
    await Promise.all(this.platforms.map((platform) => platform.close()));
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get file(): string {
    return join(this.folder, 'held');
  }

  private async written(): Promise<void> {
    while (!existsSync(this.file)) await sleep(5);
  }
}

/** CPU time of a pass over the calibration now, in ms: the better one of two, since the first may be interrupted. */
function passMs(): number {
  return Math.min(...[1, 2].map(() => onePassMs()));
}

function onePassMs(): number {
  const before = process.cpuUsage();
  isJson(CALIBRATION.subarray());
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

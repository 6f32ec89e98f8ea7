/** A PostgreSQL of one test, which is killed and always comes back with its data on the same port. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@app/store';
import { isAlive } from '../../apps/hub/src/embedded/children';
import { type EmbeddedPostgres, startPostgres } from '../../apps/hub/src/embedded/postgres';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const PASSWORD = 'of-this-test';
/** What is left of a killed server ends first. */
const START_LIMIT_MS = 30_000;
const CUT = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

export class OwnPostgres {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-postgres-'));
  private server: EmbeddedPostgres | undefined;

  /** Empty and migrated. */
  async start(): Promise<void> {
    chmodSync(this.folder, 0o755);
    await this.startServer();
    await migrate(this.url);
  }

  get url(): string {
    return this.server!.url;
  }

  /** `kill -9`, and the same again. */
  async kill(): Promise<void> {
    const { pid } = this.server!;
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    await until(
      () =>
        this.startServer().then(
          () => true,
          () => false,
        ),
      START_LIMIT_MS,
    );
  }

  async drop(): Promise<void> {
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startServer(): Promise<void> {
    const options = { dataDir: this.folder, password: PASSWORD, durable: false };
    this.server = await startPostgres({ ...options, ...(this.server && { port: this.server.port }) });
  }
}

/** The PostgreSQL that a hub keeps in its data folder: the hub brings it back itself. */
export class HubsPostgres {
  readonly folder = mkdtempSync(join(tmpdir(), 'hubs-postgres-'));

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  get url(): string {
    const { databasePassword } = JSON.parse(readFileSync(join(this.folder, 'secrets.json'), 'utf8')) as {
      databasePassword: string;
    };
    return `postgres://hub:${databasePassword}@127.0.0.1:${this.postmaster()[3]}/postgres`;
  }

  async kill(): Promise<void> {
    const pid = Number(this.postmaster()[0]);
    process.kill(pid, 'SIGKILL');
    await until(() => this.isRunningAnew(pid), START_LIMIT_MS);
  }

  async drop(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether another server than `pid` runs; between the two there is no file of it. */
  private isRunningAnew(pid: number): boolean {
    const file = join(this.folder, 'pg', 'postmaster.pid');
    return existsSync(file) && ![0, pid].includes(Number(this.postmaster()[0]));
  }

  private postmaster(): string[] {
    return readFileSync(join(this.folder, 'pg', 'postmaster.pid'), 'utf8').split('\n');
  }
}

/** Ends all connections to a database. It may be starting just now: then there are none. */
export async function endConnections(databaseUrl: string): Promise<void> {
  await sql(databaseUrl, CUT).catch(() => undefined);
}

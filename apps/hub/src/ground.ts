import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLogger } from '@app/runtime';
import { type GivenSettings, type Settings } from '@app/settings';
import { lockFolder } from './embedded/folder-lock';
import { startPostgres } from './embedded/postgres';
import { findRedis, startRedis } from './embedded/redis';
import { keptSecrets, SECRETS_FILE, type KeptSecrets } from './embedded/secrets';
import { type Server, Supervisor } from './embedded/supervisor';

/** What the hub stands on: complete settings, and in words where each part of them came from. */
export interface Ground {
  readonly settings: Settings;
  /** Resolves, with the reason, when a server that the hub started cannot be kept running. */
  readonly lost: Promise<Error>;
  readonly origin: Readonly<Record<'adminKey' | 'database' | 'queue' | 'data', string>>;
}

/** Takes something that must be undone when the hub ends or fails to start; undone last first. */
export type OnClose = (undo: () => Promise<void>) => void;

/**
 * Completes the given settings: what is given is used, what is absent is started or made below `DATA_DIR`. With a
 * database and both keys given and no Redis on the machine nothing is embedded and the folder is not touched.
 */
export async function layGround(given: GivenSettings, onClose: OnClose): Promise<Ground> {
  const embed = new Embedding({ ...given, dataDir: resolve(given.dataDir) }, onClose);
  const database = await embed.database();
  const queue = await embed.queue();
  const keys = await embed.keys();
  const { url: databaseUrl } = database;
  const settings: Settings = { ...given, ...keys, databaseUrl, redisUrl: queue.url };
  const adminKey = given.adminApiKey
    ? 'as given (ADMIN_API_KEY)'
    : shownKey(settings.adminApiKey, join(embed.dataDir, SECRETS_FILE));
  const data = embed.used ? embed.dataDir : 'none: everything is external';
  const lost = Promise.race(embed.lost);
  return { settings, lost, origin: { adminKey, database: database.said, queue: queue.said, data } };
}

/** A key on a terminal is seen by the person in front of it; anywhere else it would be in a log for good. */
function shownKey(key: string, file: string): string {
  return process.stdout.isTTY ? `${key}  (kept in ${file})` : `adminApiKey in ${file}`;
}

interface Part<U> {
  readonly url: U;
  /** Where it came from, for people. */
  readonly said: string;
}

const REDIS_HINT = 'apt-get install redis-server / brew install redis';

/** The data folder is opened, locked and given secrets at the first need of it. */
class Embedding {
  private secrets: Promise<KeptSecrets> | undefined;
  /** One each for what is embedded: resolves when it cannot be kept running. */
  readonly lost: Promise<Error>[] = [];

  constructor(
    private readonly given: GivenSettings,
    private readonly onClose: OnClose,
  ) {}

  get dataDir(): string {
    return this.given.dataDir;
  }

  get used(): boolean {
    return this.secrets !== undefined;
  }

  async database(): Promise<Part<string>> {
    if (this.given.databaseUrl) return { url: this.given.databaseUrl, said: 'as given (DATABASE_URL)' };
    const { databasePassword: password } = await this.kept();
    const options = { dataDir: this.dataDir, password };
    const postgres = await startPostgres(options);
    this.keepRunning('PostgreSQL', postgres, () => startPostgres({ ...options, port: postgres.port }));
    return { url: postgres.url, said: `embedded PostgreSQL on 127.0.0.1:${postgres.port}` };
  }

  /** Every process of one database must use one queue: beside an external database a private Redis would split it. */
  async queue(): Promise<Part<string | undefined>> {
    const { redisUrl, databaseUrl } = this.given;
    if (redisUrl) return { url: redisUrl, said: 'Redis as given (REDIS_URL)' };
    if (databaseUrl) return { url: undefined, said: 'PostgreSQL (REDIS_URL is not set)' };
    const program = findRedis();
    if (!program) return { url: undefined, said: `PostgreSQL; Redis is several times faster: ${REDIS_HINT}` };
    const { redisPassword } = await this.kept();
    const redis = await startRedis(program, this.dataDir, redisPassword);
    const port = Number(new URL(redis.url).port);
    this.keepRunning('Redis', redis, () => startRedis(program, this.dataDir, redisPassword, port));
    return { url: redis.url, said: `Redis on 127.0.0.1:${new URL(redis.url).port} (${program})` };
  }

  private keepRunning(name: string, server: Server, startAgain: () => Promise<Server>): void {
    const supervisor = new Supervisor(name, server, startAgain, createLogger('hub', this.given.logLevel));
    this.lost.push(supervisor.lost);
    this.onClose(() => supervisor.stop());
  }

  async keys(): Promise<Pick<Settings, 'adminApiKey' | 'encryptionKey'>> {
    const { adminApiKey, encryptionKey } = this.given;
    if (adminApiKey && encryptionKey) return { adminApiKey, encryptionKey };
    const kept = await this.kept();
    return {
      adminApiKey: adminApiKey ?? kept.adminApiKey,
      encryptionKey: encryptionKey ?? Buffer.from(kept.encryptionKey, 'base64'),
    };
  }

  private kept(): Promise<KeptSecrets> {
    this.secrets ??= this.open();
    return this.secrets;
  }

  private async open(): Promise<KeptSecrets> {
    mkdirSync(this.dataDir, { recursive: true });
    this.onClose(await lockFolder(this.dataDir));
    return keptSecrets(this.dataDir);
  }
}

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm start` makes once and keeps, all as text. */
export interface KeptSecrets {
  readonly adminApiKey: string;
  /** 32 bytes as base64. */
  readonly encryptionKey: string;
  readonly databasePassword: string;
  readonly redisPassword: string;
}

/** The file in the data folder that holds them; readable by its owner alone. */
export const SECRETS_FILE = 'secrets.json';

/** The secrets kept in `dataDir`; made at the first call. Throws when the file is there and cannot be used. */
export function keptSecrets(dataDir: string): KeptSecrets {
  const file = join(dataDir, SECRETS_FILE);
  if (!existsSync(file)) write(file, newSecrets());
  const kept = parse(file);
  for (const name of Object.keys(newSecrets()) as (keyof KeptSecrets)[]) {
    if (typeof kept[name] !== 'string')
      throw new Error(`${file} has no ${name}: put it back, or remove ${dataDir} whole`);
  }
  return kept as KeptSecrets;
}

function newSecrets(): KeptSecrets {
  const word = (): string => randomBytes(24).toString('base64url');
  return {
    adminApiKey: word(),
    encryptionKey: randomBytes(32).toString('base64'),
    databasePassword: word(),
    redisPassword: word(),
  };
}

/** Beside its place first, so that a crash leaves the whole file or none. */
function write(file: string, secrets: KeptSecrets): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

function parse(file: string): Partial<KeptSecrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<KeptSecrets>;
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
}

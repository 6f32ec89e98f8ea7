import { type Row } from './row';
import { rows, type Embeddable, type GivenSettings, type Settings } from './rows';
import { NotAllowed } from './parsers';
import { secretFaults } from './secret-faults';
import { tlsFaults } from './tls-faults';

/** The environment: variable names and their text. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment cannot be used. Its message names every fault; `faults` lists them one by one. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * What a child process needs of the environment to be found and to start, and no setting or secret: the search path
 * and, on Windows, the system folder.
 */
export function systemEnvironment(env: Environment = process.env): { PATH: string; SystemRoot?: string } {
  return { PATH: env.PATH ?? '', SystemRoot: env.SystemRoot };
}

/** A caller alone may hold half of the bytes that are held for all: one whole body while another one arrives. */
const MIN_HELD_BODIES = 4;

const EMBEDDABLE: readonly Embeddable[] = ['databaseUrl', 'adminApiKey', 'encryptionKey'];

/**
 * Reads the settings of a process that brings nothing of its own: `DATABASE_URL`, `ADMIN_API_KEY` and
 * `ENCRYPTION_KEY` must be there. Throws one `SettingsError` that lists all faults at once.
 */
export function readSettings(env: Environment = process.env): Settings {
  return read(env, EMBEDDABLE) as Settings;
}

/**
 * Reads the settings of `npm start`, which makes the database and both keys itself when they are absent. With
 * `NODE_ENV=production` nothing is made: they are required there. Throws one `SettingsError` like `readSettings`.
 */
export function readGivenSettings(env: Environment = process.env): GivenSettings {
  return read(env, env.NODE_ENV === 'production' ? EMBEDDABLE : []);
}

function read(env: Environment, required: readonly Embeddable[]): GivenSettings {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries<Row<unknown>>(rows)) {
    values[name] = valueOf(row, env, (fault) => faults.push(fault));
  }
  for (const name of required) {
    if (textOf(rows[name], env) === undefined)
      faults.push(`${rows[name].env} is missing: ${rows[name].kind.allowed}`);
  }
  if (env.NODE_ENV === 'production') faults.push(...secretFaults(values));
  faults.push(...tlsFaults(values));
  if (Number(values.maxHeldBodyBytes) < MIN_HELD_BODIES * Number(values.maxBodyBytes)) {
    faults.push(
      `${rows.maxHeldBodyBytes.env} must be at least ${MIN_HELD_BODIES} times ${rows.maxBodyBytes.env}`,
    );
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return withDerived(values as unknown as GivenSettings, env);
}

/** Empty is absent: compose files pass unset variables on as empty text. */
function textOf(row: Row<unknown>, env: Environment): string | undefined {
  return env[row.env]?.trim() || undefined;
}

function valueOf(row: Row<unknown>, env: Environment, report: (fault: string) => void): unknown {
  const text = textOf(row, env) ?? row.fallback;
  if (text === undefined) return undefined;
  try {
    return row.kind.parse(text);
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error;
    const shown = row.secret ? '' : `=${JSON.stringify(withoutCredentials(text))}`;
    report(`${row.env}${shown} must be ${error.message}`);
    return undefined;
  }
}

/** A user and a password that somebody wrote into a URL are nobody else's business. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/?#]*@/g, '//***@');
}

/** Values that follow from others: the public URL from the port, the two shorter timeouts from an explicit cap. */
function withDerived(given: GivenSettings, env: Environment): GivenSettings {
  const cap = textOf(rows.forwardTimeoutMs, env) === undefined ? Infinity : given.forwardTimeoutMs;
  const scheme = given.tlsCertificateFile === undefined ? 'http' : 'https';
  return {
    ...given,
    publicUrl: given.publicUrl ?? `${scheme}://localhost:${given.ocpiPort}`,
    commandTimeoutMs: Math.min(given.commandTimeoutMs, cap),
    authorizeTimeoutMs: Math.min(given.authorizeTimeoutMs, cap),
  };
}

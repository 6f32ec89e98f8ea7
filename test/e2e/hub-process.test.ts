/** The whole hub as `npm start` runs it: one process with its own database and queue, started, signalled, killed. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/ports';
import { launchProcess, startProcess, watchProcess, type TestProcess } from '../support/processes';

/** Left to the hub, which makes them itself. */
const NO_KEYS = { ADMIN_API_KEY: '', ENCRYPTION_KEY: '' };
const READY = 'ready (Ctrl-C ends it)';
const SETTLE_LIMIT_MS = 30_000;
const root = join(__dirname, '..', '..');

/** Two starts of a whole hub, each with an initdb, on a busy machine. */
jest.setTimeout(60_000);

let dataDir: string;
const started: TestProcess[] = [];
/** One that a hub ran on before: a start on a copy of it has no `initdb` to wait for. */
let usedDir: string | undefined;

beforeEach(() => {
  dataDir = emptyDir();
});

afterEach(async () => {
  for (const hub of started.splice(0)) await hub.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

afterAll(() => {
  if (usedDir) rmSync(usedDir, { recursive: true, force: true });
});

function emptyDir(): string {
  const made = mkdtempSync(join(tmpdir(), 'hub-process-'));
  chmodSync(made, 0o755);
  return made;
}

async function onUsedFolder(): Promise<void> {
  if (!usedDir) {
    await (await start()).kill();
    usedDir = emptyDir();
    copy(dataDir, usedDir);
  } else copy(usedDir, dataDir);
}

/** With owners and modes, which the database looks at. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

async function start(env: Record<string, string> = {}): Promise<TestProcess> {
  const hub = await startProcess('hub', { ...NO_KEYS, DATA_DIR: dataDir, ...env });
  started.push(hub);
  await until(() => hub.output().includes(READY));
  return hub;
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + SETTLE_LIMIT_MS;
  while (!holds() && performance.now() < end) await sleep(20);
  expect(holds()).toBe(true);
}

/** The ports of the database and, where there is one, of the queue that the hub started in `dataDir`. */
function portsOfChildren(): number[] {
  const postmaster = join(dataDir, 'pg', 'postmaster.pid');
  const redis = join(dataDir, 'redis', 'port');
  const ports = existsSync(postmaster) ? [Number(readFileSync(postmaster, 'utf8').split('\n')[3])] : [];
  return existsSync(redis) ? [...ports, Number(readFileSync(redis, 'utf8'))] : ports;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

/** Programs that run in `dataDir`. */
function childrenLeft(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && cwdOf(pid).startsWith(dataDir));
}

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it has ended
  }
}

/** Where there is no `/proc` the ports tell, which a hub of another test may have taken by now. */
async function expectNothingLeft(ports: readonly number[]): Promise<void> {
  if (process.platform === 'linux') expect(childrenLeft()).toEqual([]);
  else expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => false));
  expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(false);
}

/** Runs `npm start` as the leader of a process group, as a shell does. */
async function npmStart(): Promise<{
  readonly hub: TestProcess;
  readonly signalGroup: (signal: NodeJS.Signals) => void;
}> {
  const ports = { OCPI_PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) };
  const workers = { DELIVERY_PORT: String(await freePort()), HUBCLIENTINFO_PORT: String(await freePort()) };
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'start']] : ['npm', ['start']];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...ports, ...workers };
  const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const hub = watchProcess(child, `http://127.0.0.1:${ports.OCPI_PORT}`);
  started.push(hub);
  await until(() => hub.output().includes(READY));
  return { hub, signalGroup: (signal) => process.kill(-hub.pid, signal) };
}

describe('the hub in one process', () => {
  it('starts on an empty folder, says where everything is, and keeps its key for the next start', async () => {
    const first = await start();
    const kept = (): string => readFileSync(join(dataDir, 'secrets.json'), 'utf8');
    const { adminApiKey } = JSON.parse(kept()) as { adminApiKey: string };
    const secrets = kept();
    expect(first.output()).toContain(`adminApiKey in ${join(dataDir, 'secrets.json')}`);
    expect(first.output()).not.toContain(adminApiKey);
    expect(first.output()).toMatch(/OCPI versions +http:\/\/localhost:\d+\/ocpi\/versions/);
    expect(first.output()).toMatch(/Admin docs +http:\/\/127\.0\.0\.1:\d+\/admin\/docs/);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    const ports = portsOfChildren();
    expect(await first.kill('SIGINT')).toBe(0);
    await expectNothingLeft(ports);
    await start();
    expect(kept()).toBe(secrets);
  });

  it('does not show a key that it was given', async () => {
    await onUsedFolder();
    const hub = await start({ ADMIN_API_KEY: 'a-given-admin-key-of-mine' });
    expect(hub.output()).toContain('as given (ADMIN_API_KEY)');
    expect(hub.output()).not.toContain('a-given-admin-key-of-mine');
  });

  it('leaves nothing behind when its start fails half-way', async () => {
    await onUsedFolder();
    const port = await freePort();
    const blocker = createServer().listen(port, '0.0.0.0');
    const hub = await launchProcess('hub', { ...NO_KEYS, DATA_DIR: dataDir, OCPI_PORT: String(port) });
    const code = await hub.ended;
    blocker.close();
    expect(code).toBe(1);
    expect(hub.output()).toMatch(new RegExp(`hub could not start: OCPI_PORT=${port} is taken.*EADDRINUSE`));
    await expectNothingLeft(portsOfChildren());
  });

  it('leaves nothing behind when a signal interrupts its start', async () => {
    const hub = await launchProcess('hub', { ...NO_KEYS, DATA_DIR: dataDir });
    await until(() => existsSync(join(dataDir, 'pg', 'postmaster.pid')));
    expect(await hub.kill('SIGTERM')).toBe(0);
    await expectNothingLeft(portsOfChildren());
  });

  it('lists all bad settings in one message and starts nothing', async () => {
    const hub = await launchProcess('hub', {
      DATA_DIR: dataDir,
      OCPI_PORT: 'x',
      LOG_LEVEL: 'y',
      ENCRYPTION_KEY: 'short',
    });
    expect(await hub.ended).toBe(1);
    for (const variable of ['OCPI_PORT="x"', 'LOG_LEVEL="y"', 'ENCRYPTION_KEY must be']) {
      expect(hub.output()).toContain(variable);
    }
    expect(existsSync(join(dataDir, 'pg'))).toBe(false);
  });

  it('in production makes no key and takes no weak one: it names the variables, shows no value and starts nothing', async () => {
    const production = {
      NODE_ENV: 'production',
      DATA_DIR: dataDir,
      DATABASE_URL: 'postgres://127.0.0.1:1/hub',
    };
    const bare = await launchProcess('hub', { ...production, ...NO_KEYS });
    expect(await bare.ended).toBe(1);
    expect(bare.output()).toMatch(/ADMIN_API_KEY is missing[^]*ENCRYPTION_KEY is missing/);
    const weak = { ADMIN_API_KEY: 'changeme-changeme-changeme', ENCRYPTION_KEY: 'cd'.repeat(32) };
    for (const app of ['hub', 'router', 'admin'] as const) {
      const refused = await launchProcess(app, { ...production, ...weak });
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toMatch(/ADMIN_API_KEY must not be[^]*ENCRYPTION_KEY must be random/);
      for (const value of Object.values(weak)) expect(refused.output()).not.toContain(value);
    }
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('starts again after kill -9 and takes over the database and the queue that were left', async () => {
    await onUsedFolder();
    const first = await start();
    const ports = portsOfChildren();
    expect(await first.kill('SIGKILL')).toBe('SIGKILL');
    expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => true));
    if (process.platform === 'linux') expect(childrenLeft().length).toBeGreaterThanOrEqual(ports.length);
    const second = await start();
    expect(portsOfChildren()).toEqual(ports);
    expect(await second.kill()).toBe(0);
    await expectNothingLeft(ports);
  });

  it('refuses to run twice on one folder and leaves the first one alone', async () => {
    await onUsedFolder();
    const first = await start();
    const second = await launchProcess('hub', { ...NO_KEYS, DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('another hub runs on the data folder');
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('answers a request that is in flight before it ends', async () => {
    await onUsedFolder();
    const adminPort = await freePort();
    const hub = await start({ ADMIN_PORT: String(adminPort), ADMIN_API_KEY: 'a-given-admin-key-of-mine' });
    const { answer, finish } = await halfARequest(adminPort);
    const ended = hub.kill('SIGTERM');
    await sleep(300);
    finish();
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(await ended).toBe(0);
    await expectNothingLeft(portsOfChildren());
  });
});

interface HalfARequest {
  /** Everything that came back when the connection ended. */
  readonly answer: Promise<string>;
  readonly finish: () => void;
}

/** Sends the head and the first half of the body of a request that makes a platform. */
async function halfARequest(port: number): Promise<HalfARequest> {
  const body = JSON.stringify({ name: 'A platform in flight' });
  const head = ['POST /admin/v1/platforms HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
  head.push('Authorization: Bearer a-given-admin-key-of-mine', `Content-Length: ${body.length}`, '', '');
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const answer = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  socket.on('error', () => {}); // `answer` is then what came until here
  socket.on('data', (data) => (text += data.toString()));
  socket.write(head.join('\r\n') + body.slice(0, 10));
  await sleep(200);
  return { answer, finish: () => void socket.write(body.slice(10)) };
}

describe('npm start', () => {
  it('ends with 0 on Ctrl-C, which a terminal sends to npm and to the hub at once', async () => {
    await onUsedFolder();
    const { hub, signalGroup } = await npmStart();
    const ports = portsOfChildren();
    signalGroup('SIGINT');
    expect(await hub.ended).toBe(0);
    await expectNothingLeft(ports);
  });

  it('ends with 0 on a SIGTERM to npm alone', async () => {
    await onUsedFolder();
    const { hub } = await npmStart();
    const ports = portsOfChildren();
    expect(await hub.kill('SIGTERM')).toBe(0);
    await expectNothingLeft(ports);
  });
});

/**
 * That the benchmarks run and report, in a size that costs little. What they would measure on a busy machine means
 * nothing, so that no figure is judged; those that load the machine (forward, hanging) are for people to start.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const LIMIT_MS = 90_000;

/** What it prints. @throws with its output when it fails, or takes too long */
async function bench(script: string, ...args: readonly string[]): Promise<string> {
  const command = [join(__dirname, script), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: LIMIT_MS });
  return stdout;
}

/** They read /proc. */
const onLinux = process.platform === 'linux';

test(
  '`npm run bench -- --only deliveries` pushes to its receivers and to a plain fan-out',
  async () => {
    const run = bench('run.mjs', '--only', 'deliveries', '--rounds', '1', '--receivers', '5');
    if (!onLinux) return expect(run).rejects.toThrow('Linux only');
    const report = await run;
    expect(report).toContain('One push of a 2 KB Location to 5 receivers');
    expect(report).toMatch(/^hub: router, outbox and one worker +\d+ +\d+ +\d+ +\d+$/m);
    expect(report).toMatch(/^plain undici fan-out +\d+ +\d+ +\d+ +-$/m);
    return undefined;
  },
  LIMIT_MS,
);

test(
  '`npm run bench -- --only hubclientinfo` asks for pages of a short and of a long list under both defaults',
  async () => {
    const small = ['--rounds', '1', '--seconds', '1', '--listed', '300'];
    const run = bench('run.mjs', '--only', 'hubclientinfo', ...small);
    if (!onLinux) return expect(run).rejects.toThrow('Linux only');
    const report = await run;
    for (const byDefault of ['allow', 'deny']) {
      expect(report).toMatch(new RegExp(`^100 parties, default ${byDefault} +\\d+ +\\d+$`, 'm'));
      expect(report).toMatch(new RegExp(`^300 parties, default ${byDefault} +\\d+ +\\d+$`, 'm'));
      expect(report).toMatch(new RegExp(`300 parties within 10 % of that with 100, default ${byDefault}`));
    }
    return undefined;
  },
  LIMIT_MS,
);

test(
  '`npm run bench:status` has each platform checked once in a silence',
  async () => {
    const run = bench('status.mjs', '--platforms', '24', '--silence', '3');
    if (!onLinux) return expect(run).rejects.toThrow('Linux only');
    const report = await run;
    expect(report).toContain('24 platforms, checked after 3 s of silence');
    const [, made] = /^checks made +(\d+) in 3 s$/m.exec(report) ?? [];
    expect(Number(made)).toBeGreaterThan(12);
    return undefined;
  },
  LIMIT_MS,
);

test('an option that a benchmark does not know is refused with its usage', async () => {
  const run = bench('run.mjs', '--only', 'everything');
  await expect(run).rejects.toThrow('usage: npm run bench');
});

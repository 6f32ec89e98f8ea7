import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SAME_REQUEST_MS } from '.';

/** The built runtime: a signal handler is only tried honestly in a process of its own. */
const RUNTIME = join(__dirname, '..', '..', '..', 'dist', 'libs', 'runtime', 'src');

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `body` (which has `runProcess`) and lets `drive` signal it once it has printed `up`. */
async function outcomeOf(body: string, drive?: (child: ChildProcess) => Promise<void>): Promise<Outcome> {
  const script = `const { runProcess } = require(${JSON.stringify(RUNTIME)}); ${body}`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let isDriven = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
      if (!drive || isDriven || !output.includes('up')) return;
      isDriven = true;
      void drive(child);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

const app = (close: string): string => `
  setInterval(() => {}, 1000);
  runProcess('thing', async () => { console.log('up'); return { name: 'thing', url: '', close: async () => { ${close} } }; });`;
const closesSlowly = (ms: number): string =>
  app(`console.log('closing'); await new Promise((done) => setTimeout(done, ${ms})); console.log('closed');`);

const signals =
  (...given: NodeJS.Signals[]) =>
  async (child: ChildProcess): Promise<void> => {
    for (const signal of given) child.kill(signal);
  };

describe('runProcess', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('closes and exits with 0 on %s', async (signal) => {
    const { code, output } = await outcomeOf(closesSlowly(50), signals(signal));
    expect([code, output.match(/closed/g)?.length]).toEqual([0, 1]);
  });

  it('takes the two signals of one Ctrl-C below npm for one, and closes once', async () => {
    const { code, output } = await outcomeOf(closesSlowly(300), signals('SIGINT', 'SIGINT'));
    expect([code, output.match(/closing/g)?.length, output.match(/closed/g)?.length]).toEqual([0, 1, 1]);
  });

  it('exits at once on a second signal', async () => {
    const { code, output } = await outcomeOf(closesSlowly(8_000), async (child) => {
      child.kill('SIGINT');
      await sleep(SAME_REQUEST_MS + 100);
      child.kill('SIGINT');
    });
    expect(code).toBe(1);
    expect(output).not.toContain('closed');
    expect(output).toContain('stopped at once on a second SIGINT');
  });

  it('waits for its requests as long as they may take', async () => {
    const body = closesSlowly(10_500).replace("url: '',", "url: '', answersWithinMs: 9_000,");
    const { code, output } = await outcomeOf(body, signals('SIGTERM'));
    expect([code, output]).toEqual([0, 'up\nclosing\nclosed\n']);
  }, 20_000);

  it('says in one message with its causes why the start failed, and exits with 1', async () => {
    const { code, output } = await outcomeOf(
      `runProcess('thing', async () => { throw new Error('no database', { cause: new Error('refused') }); });`,
    );
    expect([code, output]).toEqual([1, 'thing could not start: no database: refused\n']);
  });

  it('waits for a start that a signal interrupts, then closes what it started', async () => {
    const body = `runProcess('thing', async () => {
      console.log('up'); await new Promise((done) => setTimeout(done, 300));
      return { name: 'thing', url: '', close: async () => console.log('closed') }; });`;
    const { code, output } = await outcomeOf(body, signals('SIGTERM'));
    expect([code, output]).toEqual([0, 'up\nclosed\n']);
  });

  it('exits with 1 and the reason when closing fails', async () => {
    const { code, output } = await outcomeOf(app(`throw new Error('stuck')`), signals('SIGTERM'));
    expect(code).toBe(1);
    expect(output).toContain('thing could not close: stuck');
  });
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUNTIME = join(__dirname, '..', '..', '..', 'dist', 'libs', 'runtime', 'src');

/** The lines that a process writes which runs `body` and ends. */
function linesOf(body: string): Record<string, unknown>[] {
  const script = `const { createLogger, nestLogger } = require(${JSON.stringify(RUNTIME)}); ${body}`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('holds the last line before an exit, though it is written asynchronously', () => {
    const lines = linesOf(`createLogger('hub', 'info').info({ n: 1 }, 'last words'); process.exit(0);`);
    expect(lines).toMatchObject([{ name: 'hub', n: 1, msg: 'last words' }]);
  });

  it('never holds a token or an Authorization header, at the top or inside headers', () => {
    const fields = `{ authorization: 'hush', token_a: 'hush', headers: { authorization: 'hush', ok: 'seen' }, req: { headers: { cookie: 'hush' } } }`;
    const text = JSON.stringify(linesOf(`createLogger('hub', 'info').info(${fields}, 'x')`));
    expect(text).toContain('seen');
    expect(text).not.toContain('hush');
  });

  it('shows of an error and its causes what is wrong, and no value of a statement', () => {
    const failed = `Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'once_pkey', parameters: ['hush'], query: 'hush', detail: 'Key (uid)=(hush)', driverError: { where: 'hush' } })`;
    const lines = linesOf(`const cause = ${failed};
      createLogger('hub', 'info').error({ err: new Error('not kept', { cause }) }, 'x')`);
    expect(lines).toMatchObject([
      {
        err: {
          message: 'not kept',
          cause: { code: '23505', constraint: 'once_pkey', message: 'duplicate key' },
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hush');
  });

  it('takes what Nest writes, with its context and the stack of an error', () => {
    const lines = linesOf(`const nest = nestLogger(createLogger('hub', 'debug'));
      nest.log('started', 'NestFactory'); nest.error(new Error('broken'), 'ExceptionsHandler'); nest.verbose('unseen');`);
    expect(lines).toMatchObject([
      { level: 20, msg: 'started', context: 'NestFactory' },
      { level: 50, msg: 'broken', context: 'ExceptionsHandler', err: { message: 'broken' } },
    ]);
  });
});

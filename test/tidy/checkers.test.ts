import { spawnSync } from 'node:child_process';
import { ROOT } from './source-tree';

/** Both checkers take seconds; the rest is for a machine that is busy with other suites. */
const PATIENCE_MS = 180_000;

/** What a script of package.json complained about; nothing when it ended well. */
function complaintsOf(script: string): string {
  const ended = spawnSync('npm', ['run', '--silent', script], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    shell: process.platform === 'win32',
  });
  return ended.status === 0 ? '' : `${script} ended with ${ended.status}\n${ended.stdout}${ended.stderr}`;
}

describe('the repository', () => {
  it(
    'has no type error',
    () => {
      expect(complaintsOf('typecheck')).toBe('');
    },
    PATIENCE_MS,
  );

  it(
    'has no lint finding and is formatted',
    () => {
      expect(complaintsOf('lint')).toBe('');
    },
    PATIENCE_MS,
  );
});

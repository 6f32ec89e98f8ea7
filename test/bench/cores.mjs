/** Which core does what: the tested system has one for itself, everything else shares the others. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const hasTaskset = spawnSync('taskset', ['--version']).status === 0;
const allowed = allowedCores();

/** Whether the tested system really has a core for itself. */
export const pinned = hasTaskset && allowed.length > 1;
const testedCore = allowed.at(-1);

/** Moves this process, and with it every child that it starts, away from the tested core. */
export function leaveTestedCore() {
  if (!pinned) return;
  spawnSync('taskset', [
    '--all-tasks',
    '--cpu-list',
    '--pid',
    allowed.slice(0, -1).join(','),
    `${process.pid}`,
  ]);
}

/** The command line that runs a command on the tested core. */
export function onTestedCore(command, args) {
  if (!pinned) return [command, args];
  return ['taskset', ['--cpu-list', `${testedCore}`, command, ...args]];
}

/** One line for the report. */
export function describeCores() {
  if (!pinned) return 'not pinned (no taskset, or one core only): the ratios are worth less';
  return `tested system on core ${testedCore}, load, upstream and PostgreSQL on ${allowed.slice(0, -1).join(',')}`;
}

/** Spec: proc(5), /proc/pid/status, Cpus_allowed_list: `0-1,4`. */
function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

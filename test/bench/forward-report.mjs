/** The figures of section 1 as tables, and what they say about the aims. */
import { PARTIAL_LOAD } from './forward.mjs';
import { MESSAGES } from './messages.mjs';
import { median, medianRatio } from './statistics.mjs';
import { table } from './table.mjs';

const COMPARED = ['fastify', 'replyFrom', 'nginx'];

const TITLES = { PUT: 'PUT of a 2 KB Location', GET: 'GET of a 2 KB Location' };

/** Everything that was measured, for people. */
export function reportForwarding(result) {
  const speeds = MESSAGES.map((method) => `${TITLES[method]}\n\n${speedTable(result, method)}`);
  return [...speeds, partialTable(result), memoryTable(result), aimsTable(result)].join('\n\n');
}

function speedTable({ names, full }, method) {
  const others = COMPARED.filter((key) => full[key]);
  const head = ['', 'req/s', 'CPU µs', 'p50 ms', 'p99 ms'];
  const ratios = ['CPU', 'req/s'].flatMap((what) => others.map((key) => `${what} / ${SHORT[key]}`));
  const rows = Object.keys(full).map((key) => {
    const of = (field) => full[key][method].map((sample) => sample[field]);
    const against = (field) => others.map((other) => ratio(full, { key, other, method, field }).toFixed(2));
    const shown = [of('perSecond'), of('cpu')].map((values) => median(values).toFixed(0));
    const latency = [of('p50'), of('p99')].map((values) => median(values).toFixed(1));
    return [names[key], ...shown, ...latency, ...against('cpu'), ...against('perSecond')];
  });
  return table([[...head, ...ratios], ...rows]);
}

const SHORT = { fastify: 'Fastify', replyFrom: 'reply-from', nginx: 'nginx' };

function ratio(full, { key, other, method, field }) {
  const of = (system) => full[system][method].map((sample) => sample[field]);
  return medianRatio(of(key), of(other));
}

function partialTable({ names, partial }) {
  const title = `${names.hub} at ${PARTIAL_LOAD * 100} % of its full speed, and the upstream alone at the same rate`;
  const head = ['', 'load', 'p50 ms', 'upstream p50 ms', 'added p50 ms', 'p99 ms'];
  const rows = MESSAGES.map((method) => {
    const of = (field) => median(partial[method].map((sample) => sample[field]));
    const times = [of('through'), of('alone'), addedP50(partial, method), of('p99')];
    return [method, `${(of('share') * 100).toFixed(0)} %`, ...times.map((time) => time.toFixed(2))];
  });
  return `${title}\n\n${table([head, ...rows])}`;
}

function addedP50(partial, method) {
  return median(partial[method].map(({ through, alone }) => through - alone));
}

function memoryTable({ names, full }) {
  const rows = Object.keys(full).map((key) => {
    const { memory } = full[key];
    return [names[key], `${memory[0].toFixed(0)}`, `${memory.at(-1).toFixed(0)}`];
  });
  return `Memory (RSS, MiB)\n\n${table([['', 'after round 1', 'after the last'], ...rows])}`;
}

/** RSS may grow so much over all rounds and still count as flat: what the garbage collector leaves to chance. */
const FLAT = 1.1;

function aimsTable(result) {
  const { full } = result;
  const worst = (key, other, field) =>
    Math.max(...MESSAGES.map((method) => ratio(full, { key, other, method, field })));
  const least = (key, other, field) =>
    Math.min(...MESSAGES.map((method) => ratio(full, { key, other, method, field })));
  const growth = full.hub.memory.at(-1) / full.hub.memory[0];
  const added = Math.max(...MESSAGES.map((method) => addedP50(result.partial, method)));
  const aims = [
    ['CPU per message at most 1.50 of Fastify + undici', worst('hub', 'fastify', 'cpu'), (x) => x <= 1.5],
    ['CPU per message below 1.00 of @fastify/reply-from', worst('hub', 'replyFrom', 'cpu'), (x) => x < 1],
    ...(full.nginx
      ? [['req/s at least 0.20 of nginx', least('hub', 'nginx', 'perSecond'), (x) => x >= 0.2]]
      : []),
    ['added p50 below 1.00 ms at 70 % load', added, (x) => x < 1],
    ['CPU with many parties at most 1.05 of that with 2', worst('large', 'hub', 'cpu'), (x) => x <= 1.05],
    [
      `memory of the hub at the end at most ${FLAT.toFixed(2)} of that after round 1`,
      growth,
      (x) => x <= FLAT,
    ],
  ];
  const rows = aims.map(([aim, value, isMet]) => [aim, value.toFixed(2), isMet(value) ? 'met' : 'NOT met']);
  return `Aims (the worse of PUT and GET)\n\n${table([['', 'measured', ''], ...rows])}`;
}

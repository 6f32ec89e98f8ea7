/** The figures of section 2 as tables, and what they say about the aim. */
import { median, medianRatio } from './statistics.mjs';
import { table } from './table.mjs';

/** Everything that was measured, for people. */
export function reportDeliveries({ receivers, memory, hub, plain }) {
  const title = `One push of a 2 KB Location to ${receivers.toLocaleString('en')} receivers`;
  const head = ['', 'deliveries/s', 'last delivery ms', 'CPU µs each', 'sender answered ms'];
  const rows = [
    ['hub: router, outbox and one worker', ...figures(hub), middle(hub, 'answeredMs').toFixed(0)],
    ['plain undici fan-out', ...figures(plain), '-'],
  ];
  const ratio = medianRatio(...[hub, plain].map((samples) => samples.map(({ perSecond }) => perSecond)));
  const aims = [
    ['', 'measured', ''],
    ['deliveries/s at least 0.50 of the plain fan-out', ratio.toFixed(2), ratio >= 0.5 ? 'met' : 'NOT met'],
  ];
  const queue = memory
    ? `Redis: ${memory.toFixed(0)} bytes for each waiting leg`
    : 'no Redis here: the queue is on PostgreSQL';
  return [title, table([head, ...rows]), queue, table(aims)].join('\n\n');
}

function figures(samples) {
  return ['perSecond', 'lastMs', 'cpu'].map((field) => middle(samples, field).toFixed(0));
}

function middle(samples, field) {
  return median(samples.map((sample) => sample[field]));
}

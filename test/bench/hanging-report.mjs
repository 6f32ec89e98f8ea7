/** The figures of section 3 as tables, and what they say about the aim. */
import { HANGING_REQUESTS, OTHERS_LOAD } from './hanging.mjs';
import { median, medianRatio } from './statistics.mjs';
import { table } from './table.mjs';

/** The 99th percentile may grow to so much of what it is without the hanging receiver. */
const MOST = 1.2;

/** Everything that was measured, for people. */
export function reportHanging({ full, samples }) {
  const title =
    `PUT of a 2 KB Location at ${OTHERS_LOAD * 100} % of ${(full.requests / full.seconds).toFixed(0)} req/s, without and ` +
    `with another receiver that hangs under ${HANGING_REQUESTS} concurrent requests of the same platform`;
  const rows = [
    ['', 'req/s', 'core busy', 'p50 ms', 'p99 ms'],
    ['without', ...figures(samples, 'without')],
    ['with', ...figures(samples, 'during')],
  ];
  const ratioOf = (field) =>
    medianRatio(...['during', 'without'].map((key) => samples.map((each) => each[key][field])));
  const ratio = ratioOf('p99');
  const told = (what) => median(samples.map((each) => each.told[what])).toFixed(0);
  const asked = `of the requests to it in a round ${told('refused')} were answered at once with Retry-After, ${told('other')} otherwise`;
  const aims = [
    ['', 'measured', ''],
    ['p50 with / without', ratioOf('p50').toFixed(2), ''],
    [`p99 with / without below ${MOST.toFixed(2)}`, ratio.toFixed(2), ratio < MOST ? 'met' : 'NOT met'],
  ];
  return [title, table(rows), asked, table(aims)].join('\n\n');
}

function figures(samples, key) {
  const of = (read) => median(samples.map((each) => read(each[key])));
  const speed = of(({ requests, seconds }) => requests / seconds).toFixed(0);
  const busy = `${(of((each) => each.busy) * 100).toFixed(0)} %`;
  return [speed, busy, of(({ p50 }) => p50).toFixed(2), of(({ p99 }) => p99).toFixed(2)];
}

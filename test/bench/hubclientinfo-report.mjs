/** The figures of section 4 as a table, and what they say about the aim. */
import { DEFAULTS, FEW_PARTIES, LIMIT } from './hubclientinfo.mjs';
import { median, medianRatio } from './statistics.mjs';
import { table } from './table.mjs';

/** A page costs what it holds: the number of parties may cost so much more, or less, and no more. */
const WITHIN = 0.1;

/** Everything that was measured, for people. */
export function reportHubClientInfo({ samples, listed }) {
  const sizes = { few: FEW_PARTIES, many: listed };
  const rows = DEFAULTS.flatMap((byDefault) =>
    Object.entries(sizes).map(([size, parties]) => {
      const of = (field) => median(samples[byDefault][size].map((sample) => sample[field])).toFixed(0);
      return [`${parties.toLocaleString('en')} parties, default ${byDefault}`, of('cpu'), of('perSecond')];
    }),
  );
  const aims = DEFAULTS.map((byDefault) => {
    const cpu = (size) => samples[byDefault][size].map((sample) => sample.cpu);
    const ratio = medianRatio(cpu('many'), cpu('few'));
    const aim = `CPU with ${listed.toLocaleString('en')} parties within 10 % of that with ${FEW_PARTIES}, default ${byDefault}`;
    return [aim, ratio.toFixed(2), Math.abs(ratio - 1) <= WITHIN ? 'met' : 'NOT met'];
  });
  const title = `GET hubclientinfo?limit=${LIMIT}`;
  return [
    `${title}\n\n${table([['', 'CPU µs', 'req/s'], ...rows])}`,
    `Aims\n\n${table([['', 'measured', ''], ...aims])}`,
  ].join('\n\n');
}

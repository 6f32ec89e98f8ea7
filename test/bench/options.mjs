/** What can be said on the command line. */
import { parseArgs } from 'node:util';

const USAGE = `usage: npm run bench -- [--only forward|deliveries|hanging|hubclientinfo] [--rounds N] [--seconds N] [--warm-up N] [--parties N] [--receivers N] [--listed N]
  --only       one of the sections; all of them when left out
  --rounds     measured rounds of each system, after one that warms up (forward, hanging, hubclientinfo)
  --seconds    length of one measurement (forward, hanging, hubclientinfo)
  --warm-up    s for which each message runs on each system before anything counts (forward, hanging)
  --parties    registered parties of the large hub (forward)
  --receivers  receivers of one push (deliveries)
  --listed     parties of the large list (hubclientinfo)`;

const SECTIONS = ['forward', 'deliveries', 'hanging', 'hubclientinfo'];

/** The options, checked; ends the process with the usage when they cannot be read. */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '5' },
        'warm-up': { type: 'string', default: '10' },
        parties: { type: 'string', default: '10000' },
        receivers: { type: 'string', default: '1000' },
        listed: { type: 'string', default: '20000' },
      },
    });
    if (values.only !== undefined && !SECTIONS.includes(values.only))
      throw new Error(`--only ${values.only}`);
    return {
      sections: values.only === undefined ? SECTIONS : [values.only],
      rounds: whole(values.rounds, 1),
      seconds: whole(values.seconds, 1),
      warmUpSeconds: whole(values['warm-up'], 1),
      parties: whole(values.parties, 3),
      receivers: whole(values.receivers, 1),
      listed: whole(values.listed, 100),
    };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function whole(text, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${text} is no whole number from ${least}`);
  return value;
}

/**
 * A platform with as many parties and custom modules as it may have asks for the list of all parties, where nothing may
 * be exchanged without an agreement. The router decides on the parties of the page alone.
 */
import { type ModuleInterface } from '@app/testkit';
import { type JoinedPlatform, party } from '../support/hub';
import { statusOf } from '../support/limits';
import { LoopHub } from '../support/loop-hub';

const PARTIES = 100;
const CUSTOM_MODULES = 150;
const name = (n: number): string => `NL*${n.toString(36).padStart(3, '0').toUpperCase()}`;
const MODULES: readonly ModuleInterface[] = [
  { module: 'locations', interfaceRole: 'SENDER' },
  ...Array.from({ length: CUSTOM_MODULES }, (_, n): ModuleInterface => ({
    module: `custom${n}`,
    interfaceRole: 'RECEIVER',
  })),
];

let hub: LoopHub;
let asker: JoinedPlatform;
beforeAll(async () => {
  hub = await LoopHub.start({
    ...{ AGREEMENT_DEFAULT: 'deny', MAX_CUSTOM_MODULES_PER_PLATFORM: String(CUSTOM_MODULES) },
    MAX_PARTIES_PER_PLATFORM: String(PARTIES),
  });
  const many = (from: number) => Array.from({ length: PARTIES }, (_, n) => party(name(from + n), 'CPO'));
  asker = await hub.join('asker', many(0), { modules: MODULES });
  for (const n of [1, 2]) await hub.join(`other${n}`, many(n * PARTIES), { modules: MODULES });
}, 120_000);
afterAll(() => hub.close());

it.each(['limit=1', 'limit=100', 'limit=100&date_from=2020-01-01T00:00:00Z'])(
  'GET hubclientinfo?%s does not hold the router',
  async (query) => {
    const url = `${hub.versionsUrl.replace('versions', '2.2.1/hubclientinfo')}?${query}`;
    const answer = await hub.watched(query, () => asker.follow(url));
    expect(statusOf(answer)).toBe(1000);
    expect(answer.headers['x-total-count']).toBe(String(2 * PARTIES));
    hub.expectQuick();
  },
);

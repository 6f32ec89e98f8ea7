/** Every list of the hub, of peers that page in every style, as two kinds of readers get it. */
import {
  type CallAnswer,
  type ListSource,
  pagedAs,
  PAGING_STYLES,
  type PagingStyle,
  readByLink,
  readByOffset,
} from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const OBJECTS = 25;
/** A list of 25 objects is read with no more requests to the peer than this, whatever the peer does. */
const MOST_PULLED = 16;
const MOST_READ = 60;
const STYLES = Object.entries(PAGING_STYLES) as readonly [string, PagingStyle][];
const READERS = [
  ['by Link', readByLink],
  ['by offset and limit', readByOffset],
] as const;
const MODULES = [
  { module: 'locations', interfaceRole: 'SENDER' },
  { module: 'sessions', interfaceRole: 'SENDER' },
] as const;

const idsOf = (answers: readonly CallAnswer[]): { party_id: string; id: string }[] =>
  answers.flatMap((answer) => answer.json<{ data: { party_id: string; id: string }[] }>().data);
const partyOf = (index: number): string => `S${String(index).padStart(2, '0')}`;
const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `O${String(n).padStart(2, '0')}`);
const lists = ids(OBJECTS);
const object = (owner: string, id: string): string =>
  `{"country_code":"NL","party_id":"${owner}","id":"${id}","last_updated":"2024-01-01T00:00:00Z"}`;

/** What a peer of a style lets anybody read: it may not show more than its first page. */
const reachable = ({ by, pageSize }: PagingStyle): string[] => ids(by === 'nothing' ? pageSize : OBJECTS);
/** A list of which the hub knows that objects do not come, or that leads back to its beginning without a total. */
const isShort = ({ by, link, total }: PagingStyle): boolean =>
  by === 'nothing' || total === 'too_large' || (link === 'round' && total === 'none');

let hub: TestHub;
let emsp: JoinedPlatform;
const peers: JoinedPlatform[] = [];
/** Requests for its locations that each peer got for the pull. */
const pulled: number[] = [];

beforeAll(async () => {
  hub = await startHub();
  for (const [index, [, style]] of STYLES.entries()) {
    const owner = partyOf(index);
    const peer = await hub.join(owner, [party(`NL*${owner}`, 'CPO')], { modules: MODULES });
    peer.answerWith(pagedAs(style, () => lists.map((id) => object(owner, id))));
    peers.push(peer);
  }
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  await hub.addWorker();
  await until(async () => (await pullsLeft()) === 0, 60_000);
  for (const { received } of peers)
    pulled.push(received.filter(({ module }) => module === 'locations').length);
}, 180_000);
afterAll(() => hub.close());

async function pullsLeft(): Promise<number> {
  const [row] = await sql<{ done: string }>(
    hub.settings.databaseUrl,
    "SELECT count(*) AS done FROM sync_state WHERE module = 'locations' AND last_attempt_at IS NOT NULL AND lease IS NULL",
  );
  return STYLES.length - Number(row!.done);
}

function source(module: string, to: string | typeof HUB_PARTY | null): ListSource {
  const call = { module, interfaceRole: 'SENDER', method: 'GET', to } as const;
  return { ask: (query) => emsp.call({ ...call, query }), follow: (url) => emsp.follow(url) };
}

const counts = (): number[] => peers.map(({ received }) => received.length);

describe.each(READERS)('read %s', (_, read) => {
  describe.each([
    ['GET All stored', 'locations'],
    ['GET All live', 'sessions'],
  ])('%s', (list, module) => {
    let pages: readonly CallAnswer[] = [];
    let requests: number[] = [];
    beforeAll(async () => {
      const before = counts();
      pages = await read(source(module, HUB_PARTY), 'limit=40', 60);
      requests = counts().map((count, index) => count - before[index]!);
    }, 60_000);

    test.each(STYLES)(
      'of a peer with %s has each object once, and what is missing is named',
      (name, style) => {
        const index = STYLES.findIndex(([each]) => each === name);
        const owner = partyOf(index);
        const found = idsOf(pages).filter(({ party_id }) => party_id === owner);
        expect(found.map(({ id }) => id)).toEqual(reachable(style));
        const said = pages.map((page) => page.json().status_message ?? '').join('; ');
        expect(said.includes(`NL*${owner} is not complete`)).toBe(isShort(style));
        expect(said).not.toContain(`NL*${owner} is left out`);
        expect(list === 'GET All stored' ? pulled[index] : requests[index]).toBeLessThanOrEqual(
          list === 'GET All stored' ? MOST_PULLED : MOST_READ,
        );
      },
    );
  });

  test.each(STYLES)('a direct list of a peer with %s ends', async (name, style) => {
    const index = STYLES.findIndex(([each]) => each === name);
    const before = counts()[index]!;
    const pages = await read(source('sessions', `NL*${partyOf(index)}`), 'limit=10', 12);
    expect(counts()[index]! - before).toBe(pages.length);
    const found = idsOf(pages).map(({ id }) => id);
    const isRepeated = style.by === 'nothing' || style.link === 'round';
    const shown = style.link === 'none' ? ids(style.pageSize) : reachable(style);
    expect(isRepeated ? [...new Set(found)] : found).toEqual(shown);
    expect(found.length).toBeLessThanOrEqual(OBJECTS + style.pageSize);
  });

  test("hubclientinfo, the hub's own list, has each party once", async () => {
    const pages = await read(source('hubclientinfo', null), 'limit=5', 12);
    const found = idsOf(pages).map(({ party_id }) => party_id);
    expect(found.length).toBeGreaterThanOrEqual(STYLES.length);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(STYLES.map((_style, index) => partyOf(index))));
  });
});

import { InMemoryCourier, ObjectStoreTwin } from '@app/testkit';
import { PlatformEntry } from '../directory';
import { type PlatformRecord } from '../ports';
import { pull, pullError, type PullLimits, type PullSubject } from './pull';

const OWNER = { countryCode: 'NL', partyId: 'CPO' };
const ENDPOINT = 'https://cpo.example/ocpi/locations/';
const FIRST = `${ENDPOINT}?offset=0&limit=100`;
const LIMITS: PullLimits = { pages: 10, objects: 100, bytes: 10_000, durationMs: 60_000, pageIntervalMs: 0 };
const START = new Date('2026-01-01T12:00:00Z');
const FILTER = {
  module: 'locations',
  owners: ['NL*CPO', 'NL*OTH'].map((owner) => ({ platformId: 'p1', owner })),
};

const item = (id: string, owner = 'CPO', updated = '2024-01-01T00:00:00Z'): string =>
  `{"country_code":"NL" , "party_id":"${owner}","id":"${id}","x":1.00,"last_updated":"${updated}"}`;

const record: unknown = {
  ...{ id: 'p1', versionsUrl: 'https://cpo.example/ocpi/versions', peerToken: 'secret', issuedTokens: [] },
  ...{ allowedHosts: ['pages.example'], parties: [{ ...OWNER, role: 'CPO', held: true }] },
  endpoints: [{ module: 'locations', interfaceRole: 'SENDER', url: ENDPOINT }],
};
const subject: PullSubject = {
  ...{ platform: new PlatformEntry(record as PlatformRecord), module: 'locations', owner: OWNER },
  ...{ syncedAt: null, registeredAt: START, failures: 0 },
};

const pause: (ms: number) => Promise<void> = async () => undefined;

let courier: InMemoryCourier;
let objects: ObjectStoreTwin;
beforeEach(() => {
  courier = new InMemoryCourier();
  objects = new ObjectStoreTwin();
});

/** A page at a URL; `link` as it stands in the header. */
function page(url: string, items: readonly string[], link?: string, more: Record<string, string> = {}): void {
  const headers = Object.entries({ ...(link && { Link: `<${link}>; rel="next"` }), ...more });
  courier.script(url, {
    httpStatus: 200,
    headers,
    body: `{"status_code":1000,"data":[${items.join(' ,')}]}`,
  });
}

function run(more: Partial<PullSubject> = {}, limits: Partial<PullLimits> = {}, goOn = true, wait = pause) {
  return pull(
    { ...subject, ...more },
    {
      ...{
        courier,
        objects,
        hub: { countryCode: 'DE', partyId: 'HUB' },
        newId: () => 'id',
        now: () => START,
        pause: wait,
      },
      ...{ timeoutMs: 1_000, limits: { ...LIMITS, ...limits }, goOn: async () => goOn },
    },
  );
}

async function stored(): Promise<string[]> {
  const { bodies } = await objects.page({ ...FILTER, after: 0, offset: 0, limit: 100, maxBytes: 100_000 });
  return bodies.map(String);
}

test('follows Link from page to page, relative ones too, and keeps the very bytes', async () => {
  page(FIRST, [item('A'), item('B')], '?offset=2');
  page(`${ENDPOINT}?offset=2`, [item('C')], '/elsewhere?page=3');
  page('https://cpo.example/elsewhere?page=3', [item('D')]);
  expect(await run()).toMatchObject({
    pages: 3,
    objects: 4,
    ignored: [],
    removed: 0,
    shortage: null,
    startedAt: START,
  });
  expect(await stored()).toEqual(['A', 'B', 'C', 'D'].map((id) => item(id)));
});

test('asks as the hub party, with the token of the platform', async () => {
  page(FIRST, []);
  await run();
  const { headers, platformId, method } = courier.sent[0]!;
  const pairs = Object.fromEntries(headers.flatMap((name, at) => (at % 2 ? [] : [[name, headers[at + 1]]])));
  expect([platformId, method]).toEqual(['p1', 'GET']);
  expect(pairs).toMatchObject({
    ...{ 'OCPI-from-party-id': 'HUB', 'OCPI-to-party-id': 'CPO', 'OCPI-to-country-code': 'NL' },
    Authorization: subject.platform.authorization,
  });
});

test("takes nobody else's objects and nothing without a name from a party, and counts them", async () => {
  page(FIRST, [item('A'), item('B', 'OTH'), '{"id":"C"}', '7', item('').replace('"id":"",', '')]);
  expect(await run()).toMatchObject({
    objects: 1,
    ignored: [
      { reason: 'other_owner', owner: 'NL*OTH', count: 1 },
      { reason: 'no_owner', owner: null, count: 2 },
      { reason: 'no_id', owner: 'NL*CPO', count: 1 },
    ],
  });
  expect(await stored()).toEqual([item('A')]);
});

test('a whole pull removes what is no longer listed, a delta and a shortened list do not', async () => {
  page(FIRST, [item('A'), item('B')]);
  await run();
  const later = new Date(START.getTime() + 3_600_000);
  const goOn = async (): Promise<boolean> => true;
  const parts = {
    courier,
    objects,
    hub: OWNER,
    newId: () => 'id',
    now: () => later,
    timeoutMs: 1,
    pause,
    limits: LIMITS,
    goOn,
  };
  page(FIRST, [item('A')], undefined, { 'X-Total-Count': '2' });
  page(`${ENDPOINT}?offset=1&limit=100`, [], undefined, { 'X-Total-Count': '2' });
  expect(await pull(subject, parts)).toMatchObject({ removed: 0, shortage: '1 of 2 objects do not come' });
  const delta = `${ENDPOINT}?offset=0&limit=100&date_from=2026-01-01T11%3A50%3A00.000Z`;
  page(delta, [item('A', 'CPO', '2024-02-01T00:00:00Z')]);
  expect(await pull({ ...subject, syncedAt: START }, parts)).toMatchObject({ objects: 1, removed: 0 });
  page(FIRST, [item('A')]);
  expect(await pull(subject, parts)).toMatchObject({ removed: 1 });
  expect(await stored()).toEqual([item('A', 'CPO', '2024-02-01T00:00:00Z')]);
});

test('asks for smaller pages after failures', async () => {
  page(`${ENDPOINT}?offset=0&limit=25`, [item('A')]);
  page(`${ENDPOINT}?offset=0&limit=10`, [item('A')]);
  expect(await run({ failures: 2 })).toMatchObject({ objects: 1 });
  expect(await run({ failures: 50 })).toMatchObject({ objects: 1 });
});

test.each([
  ['another host', 'https://evil.example/locations'],
  ['another port of its host', 'http://cpo.example:8080/ocpi/locations/?offset=2'],
])(
  'a Link to %s is not followed, since the request would carry the token: offsets are counted',
  async (_, link) => {
    page(FIRST, [item('A')], link);
    page(`${ENDPOINT}?offset=1&limit=100`, [item('B')], link);
    page(`${ENDPOINT}?offset=2&limit=100`, [item('B')], link);
    expect(await run()).toMatchObject({
      objects: 2,
      shortage: expect.stringContaining('Link leads to') as string,
    });
    expect(courier.sent.every(({ url }) => url.startsWith(ENDPOINT))).toBe(true);
  },
);

test('a Link that a proxy made http is followed by https', async () => {
  page(FIRST, [item('A')], 'http://cpo.example/ocpi/locations/?page=2');
  page(`${ENDPOINT}?page=2`, [item('B')]);
  expect(await run()).toMatchObject({ objects: 2, shortage: null });
});

test('an offset beyond the last object may be refused: the list ends there', async () => {
  const ids = Array.from({ length: 100 }, (_, n) => item(`L${n}`));
  page(FIRST, ids);
  courier.script(`${ENDPOINT}?offset=100&limit=100`, { httpStatus: 404, body: '{"status_code":2001}' });
  expect(await run({}, { bytes: 100_000 })).toMatchObject({ objects: 100, shortage: null });
});

test('pages are asked for no faster than one each interval', async () => {
  const pauses: number[] = [];
  page(FIRST, [item('A')], '?offset=2');
  page(`${ENDPOINT}?offset=2`, [item('B')]);
  await run({}, { pageIntervalMs: 100 }, true, async (ms) => void pauses.push(ms));
  expect(pauses).toEqual([100]);
});

test('a Link to a host that the operator allowed is followed', async () => {
  page(FIRST, [item('A')], 'https://pages.example/2');
  page('https://pages.example/2', [item('B')]);
  expect(await run()).toMatchObject({ objects: 2 });
});

test('a list that leads in a circle ends', async () => {
  page(FIRST, [item('A')], '?offset=2');
  page(`${ENDPOINT}?offset=2`, [item('B')], FIRST);
  page(`${ENDPOINT}?offset=2&limit=100`, [item('A')]);
  expect(await run()).toMatchObject({
    pages: 3,
    objects: 2,
    removed: 0,
    shortage: 'its pages repeat, there may be more',
  });
});

test.each([
  ['pages', { pages: 1 }],
  ['objects', { objects: 1 }],
  ['bytes', { bytes: 10 }],
])('a list with more %s than allowed ends, and what came is kept', async (name, limits) => {
  page(FIRST, [item('A'), item('B')], '?offset=2');
  page(`${ENDPOINT}?offset=2`, [item('C')]);
  await expect(run({}, limits)).rejects.toThrow(name);
  expect((await stored()).length).toBeGreaterThan(0);
});

test('a refusal, no OCPI message, and a fault end it; nothing is removed', async () => {
  page(FIRST, [item('A')]);
  await run();
  const answers = [
    [{ httpStatus: 200, body: '{"status_code":2000}' }, 'OCPI 2000'],
    [{ httpStatus: 500, body: '{"status_code":1000}' }, 'HTTP 500'],
    [{ httpStatus: 200, body: '<html>' }, 'not an OCPI message'],
    [{ httpStatus: 200, body: '{"status_code":1000,"data":{"id":"A"}}' }, 'data is not a list'],
    [{ httpStatus: 401, body: '{"status_code":2001}' }, 'credentials'],
    [{ fault: 'answer_too_large' }, 'too large'],
  ] as const;
  for (const [script, message] of answers) {
    courier.script(FIRST, script);
    await expect(run()).rejects.toThrow(message);
  }
  expect(await stored()).toEqual([item('A')]);
});

test('ends when another worker took it over', async () => {
  page(FIRST, [item('A')], '?offset=2');
  await expect(run({}, {}, false)).rejects.toThrow('another worker');
  expect(courier.sent).toHaveLength(1);
});

test.each([
  ['refuses it', 500, '{"status_code":3000,"status_message":"Database\tis down"}', 'Database is down'],
  ['answers a web page', 200, '<html><h1>It works!</h1></html>', 'It works!'],
  ['answers no list', 200, '{"status_code":1000,"data":{"id":"L1"}}', '"id":"L1"'],
  ['refuses the token, and repeats it', 401, '{"detail":"no such Token c2VjcmV0"}', 'no such Token ***'],
])('what a peer says that %s is kept for the operator', async (_, httpStatus, body, said) => {
  courier.script(FIRST, { httpStatus, headers: [], body });
  const error = await run().catch((cause: unknown) => pullError(cause, START));
  expect(error).toMatchObject({ peerSaid: expect.stringContaining(said) });
});

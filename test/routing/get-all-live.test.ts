/** GET All of sessions and CDRs: asked of each party, as the requester, and put together. */
import { type CallAnswer, success } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { type Lists, pagedLists } from '../support/paged-list';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const EMSP = party('DE*MSP', 'EMSP');
const CPOS = ['DE*CPB', 'FR*CPC', 'NL*CPA', 'NL*CPD'];
/** How many sessions each has, and how many it gives at a time. */
const SHAPES = [
  [25, 10],
  [1, 3],
  [30, 7],
  [0, 5],
] as const;

interface Item {
  readonly id: string;
  readonly country_code: string;
  readonly party_id: string;
}

function session(owner: string, id: string): string {
  const [country, partyId] = owner.split('*');
  return `{ "country_code":"${country}","party_id":"${partyId}", "id":"${id}","kwh" : 1.00,"last_updated":"2024-01-01T00:00:00Z"}`;
}

let hub: TestHub;
let emsp: JoinedPlatform;
const cpos: JoinedPlatform[] = [];
const lists: Lists[] = [];

beforeAll(async () => {
  hub = await startHub({ FORWARD_TIMEOUT_MS: '1000' });
  for (const [index, name] of CPOS.entries()) {
    const [number, pageSize] = SHAPES[index]!;
    lists.push(new Map([[name, Array.from({ length: number }, (_, n) => session(name, `S${n}`))]]));
    const cpo = await hub.join(name, [party(name, 'CPO')], { trailingSlash: index === 1 });
    cpo.answerWith(pagedLists(lists[index]!, pageSize, index === 2));
    cpos.push(cpo);
  }
  emsp = await hub.join('emsp', [EMSP]);
}, 60_000);
afterAll(() => hub.close());
beforeEach(() => cpos.forEach((cpo) => cpo.misbehave(null)));

const list = (query = '', module = 'sessions'): Promise<CallAnswer> =>
  emsp.call({ module, interfaceRole: 'SENDER', method: 'GET', query, from: EMSP, to: HUB_PARTY });

function namesIn(answer: CallAnswer): string[] {
  const { data } = answer.json<{ data: readonly Item[] }>();
  return data.map(({ country_code, party_id, id }) => `${country_code}*${party_id} ${id}`);
}

/** Follows `Link` to the end; gives every object and every status message. */
async function crawl(first: CallAnswer): Promise<{ seen: string[]; messages: string[]; totals: unknown[] }> {
  const found = { seen: [] as string[], messages: [] as string[], totals: [] as unknown[] };
  for (let answer: CallAnswer | undefined = first; answer;) {
    expect(answer.json()).toMatchObject({ status_code: 1000 });
    found.seen.push(...namesIn(answer));
    found.messages.push(answer.json().status_message ?? '');
    found.totals.push(answer.headers['x-total-count']);
    const next: string | undefined = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
    answer = next === undefined ? undefined : await emsp.follow(next);
  }
  return found;
}

const all = (skipped?: string): string[] =>
  lists.flatMap((one) =>
    [...one].flatMap(([owner, items]) => (owner === skipped ? [] : items.map((_, n) => `${owner} S${n}`))),
  );

test.each([1, 4, 8, 100])(
  'every session appears exactly once with limit %d, in one stable order',
  async (limit) => {
    const { seen, messages, totals } = await crawl(await list(`limit=${limit}`));
    expect(seen).toEqual(all());
    expect(new Set(messages)).toEqual(new Set(['']));
    expect(new Set(totals)).toEqual(new Set(['56']));
  },
);

test('bytes pass untouched, and each party is asked in the name of the requester, filters included', async () => {
  cpos.forEach((cpo, index) => {
    cpo.clear();
    cpo.answerWith(pagedLists(lists[index]!, 100));
  });
  const answer = await list('limit=3&date_from=2023-01-01T00:00:00Z&x_own=1');
  expect(answer.body.toString()).toContain([0, 1, 2].map((n) => session(CPOS[0]!, `S${n}`)).join(','));
  expect(answer.headers).toMatchObject({
    'ocpi-from-party-id': 'HUB',
    'ocpi-to-party-id': 'MSP',
    'x-limit': '100',
  });
  const { headers, query } = cpos[0]!.received[0]!;
  expect(headers).toMatchObject({
    ...{ 'ocpi-from-country-code': 'DE', 'ocpi-from-party-id': 'MSP' },
    ...{ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'CPB', 'x-correlation-id': answer.correlationId },
  });
  expect(headers['x-request-id']).not.toBe(answer.requestId);
  const asked = new URLSearchParams(query);
  expect(Object.fromEntries(asked)).toEqual({
    ...{ limit: '3', offset: '0', date_from: '2023-01-01T00:00:00Z', x_own: '1' },
  });
});

test('offset counts the objects of all parties, for those who page without following Link', async () => {
  const pages: string[][] = [];
  for (let offset = 0; offset < 70; offset += 10)
    pages.push(namesIn(await list(`offset=${offset}&limit=10`)));
  expect(pages.flat()).toEqual(all());
  expect(namesIn(await list('offset=24&limit=3'))).toEqual(all().slice(24, 27));
});

test.each(['hang', 'html', 'envelope_500', 'status_401', 'reset_mid_body'] as const)(
  'a party that fails (%s) is left out and named, the others are complete',
  async (kind) => {
    cpos[2]!.misbehave(kind);
    const { seen, messages } = await crawl(await list('limit=20'));
    expect(seen).toEqual(all(CPOS[2]));
    expect(messages.join()).toContain('NL*CPA is left out');
    expect(messages.join()).not.toContain('DE*CPB');
  },
);

test("a party's list of other parties' objects does not make them appear twice", async () => {
  const [foreign] = lists[0]!.get(CPOS[0]!)!;
  lists[1]!.get(CPOS[1]!)!.unshift(foreign!);
  const { seen } = await crawl(await list('limit=4'));
  lists[1]!.get(CPOS[1]!)!.shift();
  expect(seen).toEqual(all());
});

test('a party that leaves objects out of its pages is followed where its Link leads, and none comes twice', async () => {
  const [name, items] = [CPOS[2]!, lists[2]!.get(CPOS[2]!)!];
  cpos[2]!.answerWith(({ path, query }) => {
    const asked = new URLSearchParams(query);
    const offset = Number(asked.get('offset'));
    const end = offset + Math.min(Number(asked.get('limit')), 7);
    const shown = items.slice(offset, end).filter((_, n) => offset + n > 14 && (offset + n) % 2 === 0);
    const link = `<${path}?offset=${end}&limit=7>; rel="next"`;
    return { body: success(`[${shown.join()}]`), headers: { Link: end < items.length ? link : null } };
  });
  const { seen, messages } = await crawl(await list('limit=20'));
  cpos[2]!.answerWith(pagedLists(lists[2]!, 7, true));
  const shown = [16, 18, 20, 22, 24, 26, 28].map((n) => `${name} S${n}`);
  expect(seen.filter((one) => one.startsWith(name))).toEqual(shown);
  expect(seen.filter((one) => !one.startsWith(name))).toEqual(all(name));
  expect(messages.join('')).toBe('');
});

test.each([
  ['whose list is none', '{"id":"S1"}', null],
  ['whose empty page leads to itself', '[]', '<?x_page=1>; rel="next"'],
])('a party %s is left out and named', async (_, data, link) => {
  cpos[2]!.answerWith(() => ({ body: success(data), headers: { Link: link } }));
  const { seen, messages } = await crawl(await list('limit=20'));
  cpos[2]!.answerWith(pagedLists(lists[2]!, 7, true));
  expect(seen).toEqual(all(CPOS[2]));
  expect(messages.join()).toContain('NL*CPA is left out');
});

test('a party that is OFFLINE or without an agreement is not asked; the first is named', async () => {
  const pair = (name: string) => ({ country_code: name.slice(0, 2), party_id: name.slice(3) });
  const denied = { from: '*', to: pair('NL*CPA'), modules: ['sessions'], effect: 'deny' };
  await hub.admin.ask('POST', '/agreements', denied);
  await sql(hub.settings.databaseUrl, `UPDATE platforms SET status = 'OFFLINE' WHERE id = $1`, [cpos[1]!.id]);
  await sql(hub.settings.databaseUrl, `SELECT pg_notify('hub_changed', $1)`, [cpos[1]!.id]);
  await until(
    async () => (await list()).json().status_message !== undefined && namesIn(await list()).length === 25,
  );
  cpos.forEach((cpo) => cpo.clear());
  const answer = await list();
  expect(answer.json().status_message).toContain('FR*CPC is left out');
  expect(answer.json().status_message).not.toContain('NL*CPA');
  expect([cpos[1]!.received, cpos[2]!.received]).toEqual([[], []]);
});

test('one session is not asked of everybody', async () => {
  const answer = await emsp.call({
    ...{ module: 'sessions', interfaceRole: 'SENDER', method: 'GET', rest: '/S1', from: EMSP, to: HUB_PARTY },
  });
  expect(answer.json()).toMatchObject({
    status_code: 2001,
    status_message: expect.stringContaining('OCPI-to') as string,
  });
});

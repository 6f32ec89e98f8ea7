/** GET All of what the hub stores: filled by pushes and pulls, paged through while it changes. */
import { type Party } from '@app/ocpi';
import { type CallAnswer } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { type Lists, pagedLists } from '../support/paged-list';
import { until } from '../support/waiting';

const CPOS = ['NL*CPA', 'DE*CPB', 'FR*CPC'];
const PAGE_SIZES = [7, 10, 3];
const EMSP = party('DE*MSP', 'EMSP');

interface Item {
  readonly id: string;
  readonly country_code: string;
  readonly party_id: string;
}

/** A Location of a party as JSON text, with what a re-serialiser would change. */
function location(owner: string, id: string, updated = '2024-01-01T00:00:00Z'): string {
  const [country, partyId] = owner.split('*');
  return `{"country_code":"${country}", "party_id":"${partyId}","id":"${id}","x_price": 1.00,"last_updated":"${updated}"}`;
}

let hub: TestHub;
let emsp: JoinedPlatform;
const cpos: JoinedPlatform[] = [];
const lists: Lists[] = [];

beforeAll(async () => {
  hub = await startHub();
  for (const [index, name] of CPOS.entries()) {
    const mine = Array.from({ length: 20 + index }, (_, n) => location(name, `LOC${n}`));
    const cpo = await hub.join(name, [party(name, 'CPO')], { trailingSlash: index === 1 });
    lists.push(new Map([[name, mine]]));
    cpo.answerWith(pagedLists(lists[index]!, PAGE_SIZES[index]!, index === 2));
    cpos.push(cpo);
  }
  emsp = await hub.join('emsp', [EMSP], { version: '2.2' });
  await hub.addWorker();
  await until(async () => (await totalOf('locations')) === 63);
}, 60_000);
afterAll(() => hub.close());

const list = (query: string, module = 'locations', from: Party = EMSP): Promise<CallAnswer> =>
  emsp.call({ module, interfaceRole: 'SENDER', method: 'GET', query, from, to: HUB_PARTY });

async function totalOf(module: string): Promise<number> {
  return Number((await list('limit=1', module)).headers['x-total-count']);
}

function itemsOf(answer: CallAnswer): readonly Item[] {
  return answer.json<{ data: readonly Item[] }>().data;
}

function nextOf({ headers }: CallAnswer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1];
}

const names = (items: readonly Item[]): string[] =>
  items.map(({ country_code, party_id, id }) => `${country_code}*${party_id} ${id}`);

/** Follows `Link` to the end, without routing headers of a receiver. */
async function crawl(
  first: CallAnswer,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const seen = [...names(itemsOf(first))];
  for (let next = nextOf(first); next !== undefined;) {
    await between();
    const answer = await emsp.follow(next);
    expect(answer.json()).toMatchObject({ status_code: 1000 });
    seen.push(...names(itemsOf(answer)));
    next = nextOf(answer);
  }
  return seen;
}

interface Push {
  readonly method?: string;
  readonly body?: string;
  readonly module?: string;
}

/** A broadcast by one of the CPOs. */
const push = (
  index: number,
  id: string,
  { method = 'PUT', body, module = 'locations' }: Push,
): Promise<CallAnswer> =>
  cpos[index]!.call({
    ...{ module, interfaceRole: 'RECEIVER', method, from: CPOS[index]!, to: HUB_PARTY },
    ...{ rest: `/${CPOS[index]!.replace('*', '/')}/${id}`, body },
  });

test('every object of three CPOs with different page sizes appears exactly once, bytes untouched', async () => {
  const first = await list('limit=8');
  expect(first.headers).toMatchObject({ 'x-total-count': '63', 'x-limit': '500' });
  expect(first.headers).toMatchObject({ 'ocpi-from-party-id': 'HUB', 'ocpi-to-party-id': 'MSP' });
  expect(first.body.toString()).toContain(
    location(itemsOf(first)[0]!.country_code + '*' + itemsOf(first)[0]!.party_id, itemsOf(first)[0]!.id),
  );
  const seen = await crawl(first);
  const expected = lists.flatMap((one) =>
    [...one].flatMap(([owner, all]) => all.map((_, n) => `${owner} LOC${n}`)),
  );
  expect([...seen].sort()).toEqual(expected.sort());
});

test('objects that change during the crawl are neither repeated nor skipped', async () => {
  let round = 0;
  const seen = await crawl(await list('limit=5'), async () => {
    const updated = location(CPOS[0]!, `LOC${round % 20}`, `2024-02-01T00:00:${10 + round}Z`);
    expect((await push(0, `LOC${round % 20}`, { body: updated })).json()).toMatchObject({
      status_code: 1000,
    });
    const patch = `{"x_price":${round}.50,"last_updated":"2024-02-01T00:00:${10 + round++}Z"}`;
    expect((await push(1, 'LOC3', { method: 'PATCH', body: patch })).json()).toMatchObject({
      status_code: 1000,
    });
  });
  expect(new Set(seen).size).toBe(63);
  expect(seen).toHaveLength(63);
});

test('a new object comes at the end, and date_from is inclusive and date_to exclusive', async () => {
  await push(2, 'NEW', { body: location(CPOS[2]!, 'NEW', '2025-05-05T00:00:00Z') });
  await push(2, 'NEWER', { body: location(CPOS[2]!, 'NEWER', '2025-05-06T00:00:00Z') });
  expect((await crawl(await list('limit=50'))).slice(-2)).toEqual(['FR*CPC NEW', 'FR*CPC NEWER']);
  const first = await list('date_from=2025-05-05T00:00:00Z&limit=1');
  expect(first.headers['x-total-count']).toBe('2');
  expect(await crawl(first)).toEqual(['FR*CPC NEW', 'FR*CPC NEWER']);
  const until6th = await list('date_from=2025-05-05T00:00:00Z&date_to=2025-05-06T00:00:00Z');
  expect(names(itemsOf(until6th))).toEqual(['FR*CPC NEW']);
  expect(names(itemsOf(await list('date_from=2025-05-05T00:00:00Z&offset=1')))).toEqual(['FR*CPC NEWER']);
});

test('a tariff that is deleted is gone, and an object pushed to one party alone never enters', async () => {
  const tariff = location(CPOS[0]!, 'T1');
  await push(0, 'T1', { body: tariff, module: 'tariffs' });
  expect(names(itemsOf(await list('', 'tariffs')))).toContain('NL*CPA T1');
  await push(0, 'T1', { method: 'DELETE', module: 'tariffs' });
  await cpos[0]!.call({
    ...{ module: 'tariffs', interfaceRole: 'RECEIVER', method: 'PUT', from: CPOS[0]!, to: EMSP },
    ...{ rest: '/NL/CPA/T2', body: location(CPOS[0]!, 'T2') },
  });
  const left = names(itemsOf(await list('', 'tariffs')));
  expect(left).not.toContain('NL*CPA T1');
  expect(left).not.toContain('NL*CPA T2');
});

test('one object, and a part of it, comes from whoever alone has it', async () => {
  const evse = '{"uid":"E1","x":1e2,"connectors":[]}';
  const whole = location(CPOS[0]!, 'SOLO').replace('"x_price"', `"evses":[${evse}],"x_price"`);
  await push(0, 'SOLO', { body: whole });
  const get = (rest: string): Promise<CallAnswer> =>
    emsp.call({
      module: 'locations',
      interfaceRole: 'SENDER',
      method: 'GET',
      rest,
      from: EMSP,
      to: HUB_PARTY,
    });
  expect((await get('/SOLO')).body.toString()).toContain(`"data":${whole},`);
  expect((await get('/solo/e1')).body.toString()).toContain(`"data":${evse},`);
  const unknown = await get('/NOBODYS');
  expect(unknown.httpStatus).toBe(404);
  expect(unknown.json().status_code).toBe(2000);
  expect((await get('/SOLO/E9')).httpStatus).toBe(404);
  expect((await get('/LOC1')).json()).toMatchObject({
    status_code: 2001,
    status_message: expect.stringContaining('OCPI-to') as string,
  });
});

test.each([
  ['offset=-1', 'offset'],
  ['limit=0', 'limit'],
  ['limit=x', 'limit'],
  ['date_from=yesterday', 'date_from'],
  ['date_to=2024-13-01T00:00:00Z', 'date_to'],
  ['cursor=bm9uc2Vuc2U', 'cursor'],
])('%s is refused with 2001, naming the parameter', async (query, name) => {
  const { status_code, status_message } = (await list(query)).json();
  expect([status_code, status_message]).toEqual([2001, expect.stringContaining(name)]);
});

test.each([
  'limit=2147483647',
  'limit=9007199254740991',
  'limit=9223372036854775807',
  `limit=${'9'.repeat(400)}`,
])('%s is lowered to what the hub gives', async (query) => {
  const answer = await list(query);
  expect([answer.json().status_code, answer.headers['x-limit']]).toEqual([1000, '500']);
  expect(itemsOf(answer).length).toBe(await totalOf('locations'));
});

test('a cursor of one module opens no other', async () => {
  const next = nextOf(await list('limit=1'))!;
  expect((await emsp.follow(next.replace('/locations', '/tariffs'))).json().status_code).toBe(2001);
  expect((await emsp.follow(next)).json().status_code).toBe(1000);
});

test('who is not sent the objects of a module does not get them from the hub: neither all nor one, nor by a Link', async () => {
  const [owner, other] = [EMSP, party('DE*MS2', 'EMSP')];
  const rival = await hub.join('rival', [other]);
  const body = {
    ...{ country_code: 'DE', party_id: 'MSP', uid: 'U1' },
    last_updated: '2024-01-01T00:00:00Z',
  };
  const push = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/DE/MSP/U1' } as const;
  await emsp.call({ ...push, body, from: owner, to: HUB_PARTY });
  const get = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: HUB_PARTY } as const;
  const answers = [await rival.call(get), await rival.call({ ...get, rest: '/U1' })];
  answers.push(await cpos[0]!.follow(nextOf(await list('limit=1'))!));
  for (const answer of answers) {
    const { status_code, status_message } = answer.json();
    expect([status_code, status_message]).toEqual([2001, expect.stringContaining('roles that receive')]);
    expect(answer.json().data).toBeUndefined();
  }
  expect((await cpos[0]!.call(get)).json<{ data: object[] }>().data).toEqual([body]);
});

test('only objects of parties that an agreement covers are listed and counted', async () => {
  const pair = (name: string) => ({ country_code: name.slice(0, 2), party_id: name.slice(3) });
  const denied = { from: pair('DE*MSP'), to: pair('DE*CPB'), modules: ['locations'], effect: 'deny' };
  const before = await totalOf('locations');
  const { id } = await hub.admin.ask<{ id: string }>('POST', '/agreements', denied);
  await until(async () => (await totalOf('locations')) === before - 21);
  const seen = await crawl(await list('limit=40'));
  expect(seen).toHaveLength(before - 21);
  expect(seen.filter((name) => name.startsWith('DE*CPB'))).toEqual([]);
  await hub.admin.ask('DELETE', `/agreements/${id}`);
  await until(async () => (await totalOf('locations')) === before);
});

test('a list that could not be read is named, and what was read before is still served', async () => {
  await hub.join('late', [party('AT*LAT', 'CPO')], { endpointOrigin: 'http://127.0.0.1:1' });
  const message = async () => (await list('limit=1')).json().status_message ?? '';
  await until(async () => (await message()).includes('AT*LAT may be out of date'));
  expect((await list('limit=1')).json().data).toHaveLength(1);
});

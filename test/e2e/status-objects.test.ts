/** Who is shown what of whom: the very ClientInfo objects that are pushed and listed, through a party's life. */
import { type ReceivedRequest } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { eventually, infosAt, listOf, pushesTo } from '../support/status';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub({ STILL_ALIVE_AFTER_SECONDS: '60', STATUS_HOLD_MS: '200' });
  await hub.addWorker();
  await hub.addKeeper();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP'), party('FR*MSP', 'EMSP')]);
  const connected = (): object[] => infosAt(cpo).filter(({ status }) => status === 'CONNECTED');
  await eventually(() => expect(connected()).toHaveLength(2));
});
afterAll(() => hub.close());
beforeEach(() => {
  cpo.clear();
  emsp.clear();
});

const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const info = (name: string, role: string, status: string) => {
  const [country_code, party_id] = name.split('*');
  return { party_id, country_code, role, status, last_updated: TIME };
};
const both = [() => cpo, () => emsp];

/** Both others are pushed these objects, and their lists say the same. */
async function shownToBoth(...expected: ReturnType<typeof info>[]): Promise<void> {
  for (const viewer of both.map((one) => one())) {
    await eventually(() => expect(infosAt(viewer)).toEqual(expect.arrayContaining(expected)));
    expect(infosAt(viewer)).toHaveLength(expected.length);
    const listed = await listOf(viewer);
    for (const pushed of infosAt(viewer)) expect(listed).toContainEqual(pushed);
    viewer.clear();
  }
}

it('a party is announced, registers, is suspended, resumed and unregisters: each platform is told each time', async () => {
  const planned = [party('BE*NEW', 'CPO'), party('BE*NEW', 'EMSP')];
  const { id, token_a } = await hub.admin.createPlatform('new', planned);
  await shownToBoth(info('BE*NEW', 'CPO', 'PLANNED'), info('BE*NEW', 'EMSP', 'PLANNED'));

  const fresh = await hub.start('new', planned);
  await fresh.register(hub.versionsUrl, token_a);
  await shownToBoth(info('BE*NEW', 'CPO', 'CONNECTED'), info('BE*NEW', 'EMSP', 'CONNECTED'));

  expect(await hub.admin.suspend(id)).toMatchObject({ status: 'SUSPENDED' });
  await shownToBoth(info('BE*NEW', 'CPO', 'SUSPENDED'), info('BE*NEW', 'EMSP', 'SUSPENDED'));
  const call = {
    interfaceRole: 'RECEIVER',
    module: 'sessions',
    method: 'PUT',
    rest: '/NL/CPO/S1',
    body: {},
  } as const;
  await eventually(async () => {
    expect((await cpo.call({ ...call, to: 'BE*NEW' })).json().status_code).toBe(4003);
    expect(
      (await fresh.call({ ...call, rest: '/BE/NEW/S1', from: 'BE*NEW', to: 'NL*CPO' })).json().status_code,
    ).toBe(4003);
  });

  expect(await hub.admin.resume(id)).toMatchObject({ status: 'CONNECTED' });
  await shownToBoth(info('BE*NEW', 'CPO', 'CONNECTED'), info('BE*NEW', 'EMSP', 'CONNECTED'));
  await fresh.unregister();
  await shownToBoth(info('BE*NEW', 'CPO', 'SUSPENDED'), info('BE*NEW', 'EMSP', 'SUSPENDED'));

  const { data } = await hub.admin.ask<{ data: { status: string; reason: string; platform_id: string }[] }>(
    'GET',
    '/parties/be/new/history?role=CPO',
  );
  expect(data.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    'SUSPENDED unregistered',
    'CONNECTED resumed',
    'SUSPENDED suspended',
    'CONNECTED registered',
    'PLANNED announced',
  ]);
  expect(new Set(data.map(({ platform_id }) => platform_id))).toEqual(new Set([id]));
});

it('a push goes to the URL of the pair, with the hub token of the receiver and without routing headers', async () => {
  await hub.admin.createPlatform('url', [party('BE*URL', 'CPO')]);
  const push: ReceivedRequest = await cpo.waitFor(({ rest }) => rest === '/BE/URL');
  expect(push).toMatchObject({
    method: 'PUT',
    module: 'hubclientinfo',
    interfaceRole: 'RECEIVER',
    query: '',
  });
  expect(Object.keys(push.headers).filter((name) => name.startsWith('ocpi-'))).toEqual([]);
  expect(push.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(JSON.parse(push.body.toString())).toEqual(info('BE*URL', 'CPO', 'PLANNED'));
});

it('a platform with two parties is pushed each state of a party once, and never its own', async () => {
  await hub.join('once', [party('BE*ONC', 'CPO')]);
  await eventually(() => expect(infosAt(emsp)).toContainEqual(info('BE*ONC', 'CPO', 'CONNECTED')));
  await quiet();
  const states = infosAt(emsp).flatMap(({ party_id, status }) => (party_id === 'ONC' ? [status] : []));
  expect(states).toEqual([...new Set(states)]);
  expect(infosAt(emsp).filter(({ party_id }) => party_id === 'MSP')).toEqual([]);
  expect((await listOf(emsp)).filter(({ party_id }) => party_id === 'MSP')).toEqual([]);
});

it('a thousand messages move nobody in time', async () => {
  const before = await listOf(cpo);
  const call = {
    interfaceRole: 'RECEIVER',
    module: 'sessions',
    method: 'PUT',
    rest: '/NL/CPO/S1',
    body: {},
  } as const;
  for (let sent = 0; sent < 1_000; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => cpo.call({ ...call, to: 'DE*MSP' })));
    expect(answers.every((answer) => answer.json().status_code === 1000)).toBe(true);
  }
  await quiet();
  expect(await listOf(cpo)).toEqual(before);
  expect(pushesTo(cpo)).toEqual([]);
});

it('a party is PLANNED for who may exchange nothing with it, from the agreement on until it is withdrawn', async () => {
  const connected = (await listOf(cpo)).find(({ country_code }) => country_code === 'DE')!;
  const other = await hub.join('other', [party('BE*OTH', 'EMSP')]);
  for (const viewer of [cpo, emsp])
    await eventually(() => expect(infosAt(viewer)).toContainEqual(info('BE*OTH', 'EMSP', 'CONNECTED')));
  for (const viewer of [cpo, emsp, other]) viewer.clear();
  const sides = { from: pair('NL*CPO'), to: pair('DE*MSP') };
  const made = await hub.admin.ask<{ id: string }>('POST', '/agreements', {
    ...{ ...sides, modules: ['*'], effect: 'deny' },
  });
  await eventually(() => expect(infosAt(cpo)).toEqual([info('DE*MSP', 'EMSP', 'PLANNED')]));
  const [planned] = infosAt(cpo);
  expect(planned!.last_updated > connected.last_updated).toBe(true);
  expect(await listOf(cpo)).toContainEqual(planned);
  expect(await listOf(cpo, `date_from=${planned!.last_updated}`)).toEqual([planned]);

  cpo.clear();
  await hub.admin.ask('DELETE', `/agreements/${made.id}`);
  await eventually(() => expect(infosAt(cpo)).toEqual([info('DE*MSP', 'EMSP', 'CONNECTED')]));
  expect(infosAt(cpo)[0]!.last_updated > planned!.last_updated).toBe(true);
  expect(await listOf(cpo)).toContainEqual(infosAt(cpo)[0]);
  expect(infosAt(emsp)).toEqual([]); // its other party may go on talking to NL*CPO
  expect(infosAt(other)).toEqual([]); // nor does it concern who stands beside
});

function pair(name: string): object {
  const [country_code, party_id] = name.split('*');
  return { country_code, party_id };
}

/** Long enough for a push that must not come. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 700));
}

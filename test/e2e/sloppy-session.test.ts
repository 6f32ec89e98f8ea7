/** A charging session between platforms that do what real ones were seen to do, and not what the specification asks for. */
import { type Habits, type ReceivedRequest, SLOPPIEST } from '@app/testkit';
import * as bodies from '../../libs/testkit/src/fixture-bodies';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

const CPO = party('NL*TNM', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');
/** As a sloppy platform writes itself in its objects. */
const lower = <T extends typeof CPO>({ countryCode, partyId, role }: T): T =>
  ({ countryCode: countryCode.toLowerCase(), partyId: partyId.toLowerCase(), role }) as T;
const [CPO_SAYS, EMSP_SAYS] = [lower(CPO), lower(EMSP)];
const path = ({ countryCode, partyId }: typeof CPO, id: string): string => `/${countryCode}/${partyId}/${id}`;

let hub: TestHub;
afterEach(() => hub.close());

async function startTwo(cpoHabits: Habits, emspHabits: Habits): Promise<[JoinedPlatform, JoinedPlatform]> {
  hub = await startHub();
  await hub.addWorker();
  const plain = { tokenEncoding: 'plain' } as const;
  return [
    await hub.join('cpo', [CPO], { habits: cpoHabits, ...plain }),
    await hub.join('emsp', [EMSP], { habits: emspHabits, ...plain }),
  ];
}

/** Each request carries what the hub sends with all of them, once. */
function expectHeadersOfTheHub(requests: readonly ReceivedRequest[]): void {
  for (const { headers, rawHeaders } of requests) {
    const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    for (const name of ['user-agent', 'accept', 'x-request-id', 'x-correlation-id', 'authorization']) {
      expect(names.filter((each) => each === name)).toHaveLength(1);
    }
    expect(headers).toMatchObject({ accept: 'application/json', 'ocpi-to-party-id': expect.any(String) });
    expect(headers['user-agent']).toMatch(/^ocpi-roaming-hub\//);
  }
}

test('the sloppiest of both sides register, authorise, start, charge and bill', async () => {
  const [cpo, emsp] = await startTwo(
    { ...SLOPPIEST, refusesBy: 'envelope_in_200' },
    { ...SLOPPIEST, refusesBy: 'detail' },
  );
  expect(await hub.admin.show(cpo.id)).toMatchObject({
    ...{ status: 'CONNECTED', token_encoding: 'plain', peer_versions_url: `${cpo.versionsUrl}/` },
    parties: [{ country_code: 'NL', party_id: 'TNM' }],
  });

  const place = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const published = bodies.location(CPO_SAYS);
  const pushed = await cpo.call({ ...place, rest: path(CPO_SAYS, 'LOC1'), body: published });
  expect(pushed.json().status_code).toBe(1000);
  const arrived = await emsp.waitFor(({ module }) => module === 'locations', 10_000);
  expect([arrived.rest, arrived.body.toString()]).toEqual([`${path(CPO_SAYS, 'LOC1')}/`, published]);

  const card = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  await emsp.call({ ...card, rest: path(EMSP_SAYS, '04E5F1A2B3'), body: bodies.token(EMSP_SAYS) });
  await cpo.waitFor(({ module }) => module === 'tokens', 10_000);

  const ask = { module: 'tokens', interfaceRole: 'SENDER', method: 'POST' } as const;
  const may = await cpo.call({ ...ask, rest: '/04E5F1A2B3/authorize', body: bodies.locationReferences() });
  expect(may.json<{ data: object }>().data).toEqual({ allowed: 'ALLOWED' });

  const responseUrl = `${emsp.endpoint('commands', 'SENDER')}/START_SESSION/1`;
  const start = { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' } as const;
  const command = bodies.startSession(EMSP_SAYS, responseUrl);
  const accepted = await emsp.call({ ...start, rest: '/START_SESSION', body: command });
  expect(accepted.json<{ data: object }>().data).toMatchObject({ result: 'ACCEPTED' });
  const got = await cpo.waitFor(({ module }) => module === 'commands');
  const { response_url } = JSON.parse(got.body.toString()) as { response_url: string };
  await cpo.follow(response_url, 'POST', { body: bodies.commandResult() });
  const result = await emsp.waitFor(({ module }) => module === 'commands');
  expect(result.body.toString()).toBe(bodies.commandResult());

  const run = { module: 'sessions', interfaceRole: 'RECEIVER' } as const;
  const rest = path(CPO_SAYS, 'S-1001');
  const session = bodies.session(CPO_SAYS, EMSP_SAYS);
  expect((await cpo.call({ ...run, method: 'PUT', rest, body: session })).json().status_code).toBe(1000);
  const patched = await cpo.call({ ...run, method: 'PATCH', rest, body: bodies.sessionPatch() });
  expect(patched.json().status_code).toBe(1000);
  const bill = bodies.cdr(CPO_SAYS, EMSP_SAYS);
  const billed = await cpo.call({ module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', body: bill });
  expect(billed.json().status_code).toBe(1000);
  const received = emsp.received.filter(({ module }) => module === 'sessions' || module === 'cdrs');
  expect(received.map(({ method, body }) => [method, body.toString()])).toEqual([
    ['PUT', session],
    ['PATCH', bodies.sessionPatch()],
    ['POST', bill],
  ]);

  expectHeadersOfTheHub([...emsp.received, ...cpo.received]);
  await until(async () => (await hub.admin.messages({ failed: 'true' })).data.length === 0);
}, 60_000);

test.each([
  ['refuses an encoded token with 2001 in HTTP 200', { refusesBy: 'envelope_in_200' }],
  ['refuses it as a framework does', { refusesBy: 'detail' }],
  ['redirects to the slash', { redirectsToSlash: true }],
  ['writes itself in small letters', { lowerCase: true }],
] as const)('the hub registers at a platform that %s', async (_, habits) => {
  hub = await startHub();
  const platform = await hub.start('sloppy', [CPO], { habits, tokenEncoding: 'plain' });
  const { id } = await hub.admin.createPlatform('sloppy', [CPO]);
  const shown = await hub.admin.register(id, platform.versionsUrl, platform.tokens.offer());
  expect(shown).toMatchObject({ status: 'CONNECTED', token_encoding: 'plain' });
});

/** Objects that are accepted and delivered: what GET All shows of them, and what their sender reads otherwise. */
import { type CallAnswer } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const SIBLING = party('NL*SIB', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  cpo = await hub.join('cpo', [CPO, SIBLING, party('NL*SIM', 'EMSP')]);
  emsp = await hub.join('emsp', [EMSP]);
}, 60_000);
afterAll(() => hub.close());

const location = (id: string, owner = 'CPO', more = ''): string =>
  `{"country_code":"NL","party_id":"${owner}","id":${id}${more},"last_updated":"2024-01-01T00:00:00Z"}`;

const put = (rest: string, body: string): Promise<CallAnswer> =>
  cpo.call({
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest, body },
    ...{ from: CPO, to: HUB_PARTY },
  });

async function listed(): Promise<string[]> {
  const answer = await emsp.call({
    ...{ module: 'locations', interfaceRole: 'SENDER', method: 'GET', from: EMSP, to: HUB_PARTY },
  });
  return answer
    .json<{ data: { party_id: string; id: string }[] }>()
    .data.map(({ party_id, id }) => `${party_id} ${id}`);
}

const notesOf = ({ correlationId }: CallAnswer): Promise<{ note: string | null }[]> =>
  sql(
    hub.settings.databaseUrl,
    "SELECT note FROM messages WHERE correlation_id = $1 AND module = 'locations' AND method = 'PUT' AND note IS NOT NULL",
    [correlationId],
  );

const members = Array.from({ length: 10_001 }, (_, n) => `,"x${n}":1`).join('');

test.each([
  ['an umlaut in its id', '/NL/CPO/M%C3%BCller', location('"Müller"'), 'the id in its URL is no CiString'],
  ['a numeric id', '/NL/CPO/5', location('5'), 'id in its body is no string'],
  ['another id than its URL', '/NL/CPO/L1', location('"L2"'), 'id in its body is not the id in its URL'],
  [
    'an owner in another role',
    '/NL/SIM/L1',
    location('"L1"', 'SIM'),
    'NL*SIM is not CPO or NAP on your platform',
  ],
  ['too many members', '/NL/CPO/L1', location('"L1"', 'CPO', members), 'it has more than 10000 members'],
])(
  'an object with %s is delivered, and its sender and the message log say why it is not listed',
  async (_, rest, body, why) => {
    const answer = await put(rest, body);
    const text = `the hub does not list this object: ${why}`;
    expect(answer.json()).toMatchObject({ status_code: 1000, status_message: expect.stringContaining(text) });
    await allSettled(hub.settings.databaseUrl);
    const arrived = emsp.received.find((each) => each.headers['x-correlation-id'] === answer.correlationId);
    expect(arrived?.body.toString()).toBe(body);
    expect(await listed()).toEqual([]);
    await until(async () => (await notesOf(answer)).some(({ note }) => note!.includes(text)));
  },
);

test('an object of another party of the sending platform is listed as that party’s, and nothing is said', async () => {
  const answer = await put('/NL/SIB/L1', location('"L1"', 'SIB'));
  expect(answer.json()).toMatchObject({ status_code: 1000 });
  expect(answer.json().status_message).toBeUndefined();
  expect(await listed()).toEqual(['SIB L1']);
});

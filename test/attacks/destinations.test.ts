/** Every URL that a peer supplies may be an attempt at the operator's own network: none of them is ever connected to. */
import { type CallAnswer, MisbehavingParty } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';
import { lonelyPort } from '../support/ports';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
/** A router that lets nothing go to private addresses, on the same database. */
let guarded: string;
/** Stands for what the attacker is after: it listens on loopback, and counts who comes. */
let inner: MisbehavingParty;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  guarded = (await hub.addRouter({ ALLOW_PRIVATE_NETWORKS: 'false' })).versionsUrl;
  inner = await MisbehavingParty.start('empty_204', await lonelyPort());
});
beforeEach(() => [cpo, emsp].forEach((platform) => platform.clear()));
afterAll(async () => {
  await hub.close();
  await inner.close();
});

const HOSTS = [
  ...['127.0.0.1', 'localhost', '127.1', '0', '2130706433', '0x7f000001', '0177.0.0.1', '169.254.169.254'],
  ...['10.0.0.1', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[fe80::1]', '[fd00::1]', '[64:ff9b::7f00:1]'],
  '127.0.0.1.',
];

const at = (host: string): string => `http://${host}:${new URL(inner.origin).port}`;

async function expectUntouched(answers: readonly CallAnswer[]): Promise<void> {
  expect(inner.connections).toBe(0);
  for (const answer of answers) expect(answer.body.toString()).not.toMatch(/ECONNREFUSED|ENOENT|at .*\.ts/);
  const put = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1' } as const;
  expect((await cpo.call({ ...put, body: '{}', to: 'DE*MSP' })).json().status_code).toBe(1000);
  expect(emsp.received).toHaveLength(1);
}

/** The URL of an interface at the guarded router. */
const behind = (path: string): string => guarded.replace('versions', path);

it('the versions URL of who registers leads to no private address, however it is written', async () => {
  const platform = await hub.start('thief', [party('FR*THF', 'CPO')]);
  const { token_a } = await hub.admin.createPlatform('thief');
  platform.hub.token = token_a;
  const answers: CallAnswer[] = [];
  for (const host of HOSTS) {
    const body = { ...platform.credentialsWith('token-of-the-thief'), url: `${at(host)}/ocpi/versions` };
    answers.push(await platform.follow(behind('2.2.1/credentials'), 'POST', { body }));
  }
  expect(answers.map((answer) => answer.json().status_code)).toEqual(HOSTS.map(() => 3001));
  await expectUntouched(answers);
});

it('the versions URL of who is registered does not either, and its old endpoints still work', async () => {
  const { roles } = emsp.credentialsWith('');
  const answers: CallAnswer[] = [];
  for (const host of HOSTS) {
    const body = { token: 'another-token', url: `${at(host)}/ocpi/versions`, roles };
    answers.push(await emsp.follow(behind('2.2.1/credentials'), 'PUT', { body }));
  }
  expect(answers.map((answer) => answer.json().status_code)).toEqual(HOSTS.map(() => 3001));
  await expectUntouched(answers);
});

it('an endpoint that came into the database all the same is not connected to', async () => {
  const answers: CallAnswer[] = [];
  for (const [n, host] of HOSTS.entries()) {
    const to = { 'OCPI-to-country-code': 'FR', 'OCPI-to-party-id': `E${String(n).padStart(2, '0')}` };
    const receiver = party(`FR*${to['OCPI-to-party-id']}`, 'EMSP');
    await hub.join(`at ${host}`, [receiver], { endpointOrigin: at(host) });
    const url = behind('2.2.1/receiver/sessions/NL/CPO/S1');
    // The other router hears of the registration a moment later.
    let answer: CallAnswer | undefined;
    await until(async () => {
      answer = await cpo.follow(url, 'PUT', { body: '{}', headers: to });
      return !answer.json().status_message?.includes('planned');
    });
    answers.push(answer!);
  }
  expect(answers.map((answer) => answer.json().status_code)).toEqual(HOSTS.map(() => 4003));
  for (const answer of answers) expect(answer.json().status_message).toMatch(/not public/);
  await expectUntouched(answers);
});

it('a response_url on a host that is not the platform’s own is refused, and never called', async () => {
  const answers: CallAnswer[] = [];
  // The host of the platform itself is on loopback here, and is judged when it is connected to.
  const foreign = HOSTS.filter((host) => !new URL(at(host)).hostname.startsWith('127.0.0.1'));
  for (const host of foreign) {
    const body = { response_url: `${at(host)}/results/1`, location_id: 'L1' };
    const command = {
      module: 'commands',
      interfaceRole: 'RECEIVER',
      method: 'POST',
      rest: '/UNLOCK_CONNECTOR',
    } as const;
    answers.push(await emsp.call({ ...command, body, to: 'NL*CPO' }));
  }
  expect(answers.map((answer) => answer.json().status_code)).toEqual(foreign.map(() => 2001));
  expect(cpo.received).toEqual([]);
  await expectUntouched(answers);
});

it.each([
  ['a redirect', { status: 307, Location: '' }],
  ['a Location', { status: 201, Location: '' }],
  ['a next page', { status: 200, Link: '' }],
] as const)('%s in an answer leads nobody there', async (_, given) => {
  const { status, ...names } = given;
  const target = `${inner.origin.replace('127.0.0.1', 'localhost')}/latest/meta-data`;
  const value = 'Link' in names ? `<${target}>; rel="next"` : target;
  const headers = Object.fromEntries(Object.keys(names).map((name) => [name, value]));
  emsp.answerWith(() => ({ httpStatus: status, headers }));
  const cdr = { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', to: 'DE*MSP' } as const;
  const list = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: 'DE*MSP' } as const;
  const answer = await cpo.call(
    'Link' in names ? list : { ...cdr, body: '{"country_code":"NL","party_id":"CPO"}' },
  );
  expect(JSON.stringify(answer.headers)).not.toContain('meta-data');
  emsp.clear();
  await expectUntouched([answer]);
});

it('a redirect of the versions URL is not followed', async () => {
  const platform = await hub.start('redirecting', [party('FR*RED', 'CPO')]);
  platform.misbehave('redirect', 'configuration');
  const { token_a } = await hub.admin.createPlatform('redirecting');
  platform.hub.token = token_a;
  const body = platform.credentialsWith('token-of-redirecting');
  const answer = await platform.follow(hub.versionsUrl.replace('versions', '2.2.1/credentials'), 'POST', {
    body,
  });
  expect(answer.json().status_code).toBe(3001);
  expect(platform.configuration.all.map(({ rawUrl }) => rawUrl)).toEqual([
    new URL(platform.versionsUrl).pathname,
  ]);
  await expectUntouched([answer]);
});

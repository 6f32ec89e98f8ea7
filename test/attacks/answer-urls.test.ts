/**
 * URLs in the headers of an answer: whoever follows one shows the token that opens the hub for it, so that none of a
 * receiver's own may arrive, however the header is written and however it is read.
 */
import { type CallAnswer, type PlatformCall, type ProgrammedAnswer } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const MODULE = 'nltnm-parking';
const EVIL = 'https://evil.example/ocpi';
const CUSTOM = (['SENDER', 'RECEIVER'] as const).map((interfaceRole) => ({ module: MODULE, interfaceRole }));

let hub: TestHub;
let emsp: JoinedPlatform;
let thief: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  const locations = { module: 'locations', interfaceRole: 'SENDER' } as const;
  const others = (['cdrs', 'commands', 'sessions', 'tokens'] as const).flatMap((module) =>
    (['SENDER', 'RECEIVER'] as const).map((interfaceRole) => ({ module, interfaceRole })),
  );
  thief = await hub.join('thief', [party('NL*CPO', 'CPO')], { modules: [locations, ...others, ...CUSTOM] });
});
beforeEach(() => thief.clear());
afterAll(() => hub.close());

const LIST: PlatformCall = { module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: 'NL*CPO' };

function answeredWith(answer: ProgrammedAnswer, call: PlatformCall = LIST): Promise<CallAnswer> {
  thief.answerWith(() => answer);
  return emsp.call(call);
}

/** A Link in which one reader finds a next page, and another reader another one or none. */
const own = (): string => `${thief.origin}/ocpi/2.2.1/sender/locations?offset=10`;
it.each([
  ['a second rel', () => `<${EVIL}>; rel="prev"; rel="next"`],
  ['a link in a title', () => `<${own()}>; rel="next"; title=", <${EVIL}>; rel=next"`],
  ['a rel in a title', () => `<${EVIL}>; rel="prev"; title="; rel=next"`],
  ['a link in a comment', () => `<${own()}>; rel="next" (<${EVIL}>; rel="next")`],
  ['no end of the URL', () => `<${EVIL}; rel="next"`],
  ['a URL in the URL', () => `<${own()}>; rel=prev, <<${EVIL}>>; rel="next"`],
  ['an empty link first', () => `<>; rel="next" <${EVIL}>; rel="next"`],
  ['another relation', () => `<${EVIL}>; rel="first", <${own()}>; rel="next"`],
  ['an encoded parameter', () => `<${EVIL}>; rel*=UTF-8''next; rel=x`],
  ['another relation alone', () => `<${EVIL}>; rel="last"`],
  ['an anchor', () => `<${own()}>; rel="next"; anchor="${EVIL}"`],
])('a Link with %s hands on no URL but the hub’s', async (_, link) => {
  const answer = await answeredWith({ headers: { Link: link() } });
  expect(JSON.stringify(answer.headers)).not.toMatch(/evil\.example/);
  expect(answer.headers.link ?? '<').toMatch(
    /^<($|http:\/\/127\.0\.0\.1:\d+\/ocpi\/2\.2\.1\/callback\/[\w-]{24}\?offset=\d+&limit=\d+>; rel="next"$)/,
  );
});

it('a Link beside an answer that is no list does not arrive', async () => {
  const call = {
    module: 'tokens',
    interfaceRole: 'RECEIVER',
    method: 'PUT',
    rest: '/DE/MSP/1',
    body: '{}',
  } as const;
  const answer = await answeredWith(
    { headers: { Link: `<${EVIL}>; rel="next"` } },
    { ...call, to: 'NL*CPO' },
  );
  expect([answer.json().status_code, answer.headers.link]).toEqual([1000, undefined]);
});

it.each([
  ['of a command', 'commands', '/UNLOCK_CONNECTOR'],
  ['of a module of its own', MODULE, ''],
])('the Location %s does not arrive', async (_, module, rest) => {
  const url = hub.versionsUrl.replace('versions', `2.2.1/receiver/${module}${rest}`);
  thief.answerWith(() => ({ httpStatus: 201, headers: { Location: EVIL } }));
  const headers = { 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'CPO' };
  const answer = await emsp.follow(url, 'POST', { body: '{}', headers });
  expect([answer.httpStatus, answer.headers.location]).toEqual([201, undefined]);
});

it('the Location beside a refusal of a CDR does not arrive either', async () => {
  const cpo = await hub.join('other cpo', [party('FR*CPO', 'CPO')]);
  const receiver = await hub.join('receiver', [party('FR*MSP', 'EMSP')]);
  receiver.answerWith(() => ({ httpStatus: 404, headers: { Location: EVIL } }));
  const body = '{"country_code":"FR","party_id":"CPO"}';
  const cdr = { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', body } as const;
  const answer = await cpo.call({ ...cdr, to: 'FR*MSP' });
  expect([answer.httpStatus, answer.headers.location]).toEqual([404, undefined]);
});

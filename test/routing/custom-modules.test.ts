/** Modules that the specification does not know: relayed to a named party that advertises them, by the same rules. */
import { type PlatformCall } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const MODULE = 'nltnm-parking';
/** A platform has at least one module of the specification. */
const CUSTOM = [
  { module: 'locations', interfaceRole: 'SENDER' as const },
  { module: MODULE, interfaceRole: 'RECEIVER' as const },
  { module: MODULE, interfaceRole: 'SENDER' as const },
];

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let plain: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')], { modules: CUSTOM });
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')], { modules: CUSTOM, trailingSlash: true });
  plain = await hub.join('plain', [party('DE*PLN', 'EMSP')]);
});
afterAll(() => hub.close());
beforeEach(() => {
  for (const platform of [cpo, emsp, plain]) platform.clear();
});

/** The hub advertises no module that is not in the specification: its URL follows the same form. */
function send(interfaceRole: 'sender' | 'receiver', module: string, call: Partial<PlatformCall>) {
  const { method = 'GET', rest = '', query = '', body, to, headers } = call;
  const base = hub.versionsUrl.replace('versions', `2.2.1/${interfaceRole}/${module}`);
  const [country, id] = typeof to === 'string' ? to.split('*') : [];
  return cpo.follow(`${base}${rest}${query && `?${query}`}`, method, {
    body,
    headers: { 'OCPI-to-country-code': country, 'OCPI-to-party-id': id, ...headers },
  });
}

describe.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s on a module of its own', (method) => {
  test.each(['sender', 'receiver'] as const)(
    'reaches the %s interface of the named party with path, query and bytes untouched',
    async (interfaceRole) => {
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{ "x":1.00,"x" :[ 1e2 ]}';
      const call = { method, rest: '/a%2Fb/%7E', query: 'q=%zz&q=+', body, to: 'DE*MSP' };
      const answer = await send(interfaceRole, MODULE, call);
      expect(answer.json().status_code).toBe(1000);
      expect(emsp.received).toHaveLength(1);
      const request = emsp.received[0]!;
      expect(request).toMatchObject({
        ...{ method, module: MODULE, interfaceRole: interfaceRole.toUpperCase() },
        ...{ rest: '/a%2Fb/%7E', query: 'q=%zz&q=+' },
      });
      expect(request.body.toString()).toBe(body ?? '');
      expect(request.headers).toMatchObject({
        'ocpi-from-party-id': 'CPO',
        'ocpi-to-party-id': 'MSP',
        'x-correlation-id': answer.correlationId,
      });
      expect(request.headers['x-request-id']).not.toBe(answer.requestId);
      expect(emsp.tokens.allow(request.headers.authorization)).toBe(true);
      expect(answer.headers).toMatchObject({ 'ocpi-from-party-id': 'MSP', 'ocpi-to-party-id': 'CPO' });
    },
  );
});

test.each(['HEAD', 'OPTIONS', 'TRACE'])('%s is no method of OCPI, and reaches nobody', async (method) => {
  const answer = await send('receiver', MODULE, { method, to: 'DE*MSP' });
  expect([answer.httpStatus, answer.headers.allow]).toEqual([405, 'GET, POST, PUT, PATCH, DELETE']);
  expect(emsp.received).toHaveLength(0);
});

test('a receiver that does not advertise it: 4000, and the module is named', async () => {
  const answer = await send('receiver', MODULE, { method: 'PUT', body: '{}', to: 'DE*PLN' });
  expect(answer.json()).toMatchObject({
    status_code: 4000,
    status_message: expect.stringContaining(MODULE),
  });
  expect(plain.received).toHaveLength(0);
});

test('a module that nobody advertises is no URL', async () => {
  expect((await send('receiver', 'frxyz-nothing', { to: 'DE*MSP' })).httpStatus).toBe(404);
  expect(emsp.received).toHaveLength(0);
});

test('without a receiver, or to the hub party, it is refused with what to do instead', async () => {
  for (const to of [undefined, 'DE*HUB']) {
    const answer = await send('receiver', MODULE, { method: 'POST', body: '{}', to });
    expect(answer.json()).toMatchObject({
      status_code: 2001,
      status_message: expect.stringMatching(/name the receiving party in OCPI-to-\*/),
    });
  }
  expect(emsp.received).toHaveLength(0);
});

test('the rules are the same: JSON only, an unknown receiver is 4001', async () => {
  const notJson = await send('receiver', MODULE, { method: 'POST', body: '{"x":', to: 'DE*MSP' });
  expect([notJson.httpStatus, notJson.json().status_code]).toEqual([400, 2000]);
  expect((await send('receiver', MODULE, { to: 'FR*QQQ' })).json().status_code).toBe(4001);
  expect(emsp.received).toHaveLength(0);
});

/**
 * Speaking in another's name: by header, by the owner in the URL, by the owner in the body. Each try is refused by name,
 * stands in the message log, and reaches nobody.
 */
import { INTERFACES, MODULES, type OwnerPlaces, type Party } from '@app/ocpi';
import { type CallAnswer, fixtureFor, type PlatformCall } from '@app/testkit';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const SISTER = party('NL*CP2', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');
const VICTIM_CPO = party('FR*VIC', 'CPO');
const VICTIM_EMSP = party('FR*VIE', 'EMSP');

let hub: TestHub;
/** Hosts NL*CPO and NL*CP2. */
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let victim: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [CPO, SISTER]);
  emsp = await hub.join('emsp', [EMSP]);
  victim = await hub.join('victim', [VICTIM_CPO, VICTIM_EMSP]);
});
afterAll(() => hub.close());
beforeEach(() => [cpo, emsp, victim].forEach((platform) => platform.clear()));

const owned = MODULES.flatMap(({ module, interfaces }) =>
  INTERFACES.flatMap((interfaceRole) =>
    interfaces[interfaceRole].operations.flatMap(({ method, owner }) =>
      owner ? [{ module, interfaceRole, method, owner, ofCpo: interfaces.SENDER.roles.includes('CPO') }] : [],
    ),
  ),
);
type Owned = (typeof owned)[number];

/** A whole request about an object of `of`, from the CPO or eMSP of this test. */
function callAbout({ ofCpo, ...key }: Owned, of: Party): PlatformCall & { readonly by: JoinedPlatform } {
  const { rest, query, body } = fixtureFor(key, { cpo: ofCpo ? of : CPO, emsp: ofCpo ? EMSP : of });
  const [by, from, to] = ofCpo ? [cpo, CPO, EMSP] : [emsp, EMSP, CPO];
  return { ...key, rest, query, body, from, to, by };
}

const send = ({ by, ...call }: PlatformCall & { readonly by: JoinedPlatform }): Promise<CallAnswer> =>
  by.call(call);
const own = ({ ofCpo }: Owned): Party => (ofCpo ? CPO : EMSP);
const foreign = ({ ofCpo }: Owned): Party => (ofCpo ? VICTIM_CPO : VICTIM_EMSP);

async function expectRefused(
  answer: CallAnswer,
  code: string,
  words: RegExp,
  claimed?: string,
): Promise<void> {
  const { status_code, status_message } = answer.json();
  expect([answer.httpStatus, status_code]).toEqual([200, 2001]);
  expect(status_message).toMatch(words);
  for (const platform of [cpo, emsp, victim]) expect(platform.received).toEqual([]);
  await expectLogged(answer, code, claimed);
}

/** Of `from_not_yours` the row says in whose name the caller spoke: its last argument; its sender is nobody. */
async function expectLogged({ correlationId }: CallAnswer, code: string, claimed?: string): Promise<void> {
  let rows: unknown[] = [];
  const isThere = async (): Promise<boolean> => {
    const { data } = await hub.admin.messages({ correlation_id: correlationId! });
    rows = data.map(({ error, claimed_from, ...row }) => [error, claimed_from, claimed_from && row.from]);
    return rows.length > 0;
  };
  await until(isThere);
  expect(rows).toEqual([[code, claimed ?? null, null]]);
}

test('every client-owned object has its owner looked at wherever the specification puts it', () => {
  const places = ({ path, body }: OwnerPlaces): string =>
    [path && 'path', body && 'body'].filter(Boolean).join('+');
  expect(owned.map(({ module, method, owner }) => `${module} ${method} ${places(owner)}`)).toEqual([
    'cdrs POST body',
    ...['locations GET path', 'locations PUT path+body', 'locations PATCH path+body'],
    ...['sessions GET path', 'sessions PUT path+body', 'sessions PATCH path+body'],
    ...['tariffs GET path', 'tariffs PUT path+body', 'tariffs DELETE path'],
    ...['tokens GET path', 'tokens PUT path+body', 'tokens PATCH path+body'],
  ]);
});

describe('the from headers', () => {
  it.each([
    ['of a party of another platform', { from: VICTIM_CPO }, 'from_not_yours', /FR\*VIC/],
    ['of the hub party', { from: HUB_PARTY }, 'from_not_yours', /DE\*HUB/],
    ['of a party that nobody has', { from: 'FR*QQQ' }, 'from_not_yours', /FR\*QQQ/],
    [
      'of two parties at once',
      { headers: { 'OCPI-from-party-id': ['CPO', 'VIC'], 'OCPI-from-country-code': 'NL' } },
      'from_malformed',
      /ocpi-from-party-id/,
    ],
    [
      'that are left out on a platform with two parties',
      { from: null },
      'from_missing',
      /more than one party/,
    ],
  ])('%s are refused', async (_, change, code, words) => {
    const put = owned.find(({ module, method }) => module === 'locations' && method === 'PUT')!;
    const answer = await send({ ...callAbout(put, CPO), ...change });
    const claimed = code === 'from_not_yours' ? words.exec(answer.body.toString())?.[0] : undefined;
    await expectRefused(answer, code, words, claimed);
  });
});

describe.each(owned)('$method $module', (operation) => {
  const { owner, method, module } = operation;

  it("of one's own object arrives", async () => {
    const answer = await send(callAbout(operation, own(operation)));
    expect(answer.json().status_code).toBe(1000);
    expect((operation.ofCpo ? emsp : cpo).received).toHaveLength(1);
  });

  it("of another platform's object is refused", async () => {
    const answer = await send(callAbout(operation, foreign(operation)));
    const [code, words] = owner.path
      ? (['url_owner_not_yours', /in the URL.*FR\*VI/] as const)
      : (['body_owner_not_yours', /in the body.*FR\*VI/] as const);
    await expectRefused(answer, code, words);
  });

  const inBody = owner.body ? ['country_code', 'party_id'] : [];
  for (const name of inBody) {
    it(`with another's ${name} in the body alone is refused`, async () => {
      const call = callAbout(operation, own(operation));
      const value = name === 'party_id' ? 'VIC' : 'FR';
      await expectRefused(
        await send({ ...call, body: `{"${name}":"${value}","x":1}` }),
        'body_owner_not_yours',
        /in the body/,
      );
    });
  }

  if (method !== 'GET' && module !== 'cdrs' && module !== 'sessions') {
    it('is refused as a broadcast and without a receiver as well', async () => {
      for (const to of [HUB_PARTY, null]) {
        const answer = await send({ ...callAbout(operation, foreign(operation)), to });
        await expectRefused(answer, 'url_owner_not_yours', /FR\*VI/);
      }
    });
  }
});

describe('the owner in the URL', () => {
  const put = owned.find(({ module, method }) => module === 'locations' && method === 'PUT')!;
  const at = (rest: string) => send({ ...callAbout(put, CPO), rest, body: '{}' });

  it.each(['/nl/cpo/L1', '/%4eL/CPO/L1', '/NL/CP2/L1', '//NL/CPO/L1'])(
    'as in %s is that of the sending platform, and arrives as it is',
    async (rest) => {
      expect((await at(rest)).json().status_code).toBe(1000);
      expect(emsp.received.map((request) => request.rest)).toEqual([rest]);
    },
  );

  it.each([
    ['/fr/vic/L1', 'url_owner_not_yours'],
    ['/%46R/VI%43/L1', 'url_owner_not_yours'],
    ['/%2546R/VIC/L1', 'url_owner_not_yours'],
    ['/NL/CPO/../../FR/VIC/L1', 'url_owner_missing'],
    ['/NL/CPO/%2e%2e/%2e%2e/FR/VIC/L1', 'url_owner_missing'],
    ['/NL/CPO/..%2f..%2fFR/VIC/L1', 'url_owner_missing'],
    ['/NL/CPO/..;/..;/FR/VIC/L1', 'url_owner_missing'],
    ['/NL/CPO/..%5c..%5cFR/VIC/L1', 'url_owner_missing'],
    ['/FR%2FVIC/L1', 'url_owner_missing'],
    ['/L1', 'url_owner_missing'],
    ['', 'url_owner_missing'],
  ])('as in %s is refused', async (rest, code) => {
    await expectRefused(await at(rest), code, /URL/);
  });

  it('cannot be reached through another module either', async () => {
    const call = { module: 'sessions', interfaceRole: 'SENDER', method: 'PUT', body: '{}' } as const;
    for (const rest of ['/../locations/FR/VIC/L1', '/%2e%2e/..%2freceiver/locations/FR/VIC/L1']) {
      await expectRefused(await emsp.call({ ...call, rest, to: CPO }), 'path_leads_out', /leads out/);
    }
  });
});

describe('the owner in the body', () => {
  const put = owned.find(({ module, method }) => module === 'locations' && method === 'PUT')!;
  const having = (body: string | Buffer, headers = {}) => send({ ...callAbout(put, CPO), body, headers });

  it.each([
    '{"country_code":"nl","party_id":"cpo"}',
    '{"party_id":"CP2"}',
    '{"id":"L1"}',
    '{"evses":[{"party_id":"VIC"}]}',
  ])('of %s is that of the sending platform', async (body) => {
    expect((await having(body)).json().status_code).toBe(1000);
    expect(emsp.received.map((request) => request.body.toString())).toEqual([body]);
  });

  it.each([
    [
      'twice, the last one honest',
      '{"party_id":"VIC","country_code":"FR","party_id":"CPO","country_code":"NL"}',
    ],
    [
      'twice, the first one honest',
      '{"party_id":"CPO","country_code":"NL","party_id":"VIC","country_code":"FR"}',
    ],
    ['with an escaped key', '{"country\\u005fcode":"FR","party_id":"VIC"}'],
    ['with an escaped value', '{"country_code":"\\u0046R","party_id":"VI\\u0043"}'],
    ['with a key in capitals', '{"Country_Code":"FR","PARTY_ID":"VIC"}'],
  ])('%s is refused', async (_, body) => {
    await expectRefused(await having(body), 'body_owner_not_yours', /in the body/);
  });

  it.each([
    '{"party_id":["VIC"]}',
    '{"country_code":null,"party_id":"VIC"}',
    '[{"party_id":"VIC"}]',
    '{"party_id":"VIC "}',
  ])('that no party can be read from (%s) is refused', async (body) => {
    await expectRefused(await having(body), 'body_owner_malformed', /in the body: not a party/);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)(
    'is looked for in a body that is encoded with %s, which itself stays as it is',
    async (encoding, encode) => {
      const headers = { 'Content-Encoding': encoding };
      const lie = encode(Buffer.from('{"country_code":"FR","party_id":"VIC"}'));
      await expectRefused(await having(lie, headers), 'body_owner_not_yours', /FR\*VIC/);
      const truth = encode(Buffer.from('{"country_code":"NL","party_id":"CPO"}'));
      expect((await having(truth, headers)).json().status_code).toBe(1000);
      expect(emsp.received[0]?.body.equals(truth)).toBe(true);
    },
  );

  it.each([
    ['in an encoding that the hub does not know', 'zstd', Buffer.from('{}')],
    ['in two encodings', 'gzip, gzip', gzipSync(gzipSync('{}'))],
    ['that is not what its encoding says', 'gzip', Buffer.from('{}')],
    ['that is cut off', 'gzip', gzipSync('{"id":"a long enough id"}').subarray(0, 25)],
    ['that unpacks to 256 MiB', 'gzip', gzipSync(Buffer.alloc(256 * 1024 * 1024, ' '))],
  ])('of a body %s cannot be seen, which is HTTP 400', async (_, encoding, body) => {
    const answer = await having(body, { 'Content-Encoding': encoding });
    expect([answer.httpStatus, answer.json().status_code]).toEqual([400, 2000]);
    expect(answer.json().status_message).toMatch(/use gzip, deflate, br or none/);
    expect(emsp.received).toEqual([]);
    await expectLogged(answer, 'body_not_json');
  });
});

describe('a pair that is a CPO on one platform and an eMSP on another', () => {
  it('owns the objects of its role on each, and no others', async () => {
    const twin = await hub.join('twin', [party('FR*VIC', 'EMSP')]);
    const from = 'FR*VIC';
    const call = { interfaceRole: 'RECEIVER', method: 'PUT', rest: '/FR/VIC/1', from, body: '{}' } as const;
    const location = await twin.call({ ...call, module: 'locations', to: EMSP });
    await expectRefused(location, 'from_role_missing', /FR\*VIC is CPO, NAP on another platform/);
    const cdr = {
      ...call,
      module: 'cdrs',
      method: 'POST',
      rest: '',
      body: '{"country_code":"FR","party_id":"VIC"}',
    };
    await expectRefused(await twin.call({ ...cdr, to: EMSP }), 'from_role_missing', /FR\*VIC is CPO on/);
    expect((await twin.call({ ...call, module: 'tokens', to: CPO })).json().status_code).toBe(1000);
    expect((await victim.call({ ...call, module: 'locations', to: EMSP })).json().status_code).toBe(1000);
  });
});

/** A 2.2 CPO and eMSPs of both versions: the one place in which their bodies differ. */
import { gzipSync } from 'node:zlib';
import { type CallAnswer, type PlatformCall, success } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;
let strict: JoinedPlatform;
let old: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')], { version: '2.2' });
  strict = await hub.join('strict', [party('DE*MSP', 'EMSP')]);
  old = await hub.join('old', [party('FR*OLD', 'EMSP')], { version: '2.2' });
});
afterAll(() => hub.close());
beforeEach(() => {
  for (const platform of [cpo, strict, old]) platform.clear();
});

const BODY = '{"id":"S1", "kwh":1.00,"cdr_token":{"uid":"U1" , "type":"RFID"},"x":12345678901234567890}';
const WHOLE = BODY.replace('"RFID"}', '"RFID","country_code":"DE","party_id":"MSP"}');
const CDR: PlatformCall = { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', body: BODY };
const session = (method: string): PlatformCall => ({
  ...{ module: 'sessions', interfaceRole: 'RECEIVER', method, rest: '/NL/CPO/S1', body: BODY },
});
const PUSHES = [CDR, session('PUT'), session('PATCH')] as const;

async function noteOf({ correlationId }: CallAnswer): Promise<unknown> {
  let row: Readonly<Record<string, unknown>> | undefined;
  await until(async () => {
    row = (await hub.admin.messages({ correlation_id: correlationId! })).data[0];
    return row !== undefined;
  });
  return row!.note;
}

describe.each(PUSHES)('$method of $module without the pair of its token', (call) => {
  it('reaches a 2.2.1 eMSP with its own pair in it, every other byte untouched, and is noted', async () => {
    const answer = await cpo.call({ ...call, to: 'DE*MSP' });
    expect(answer.json().status_code).toBe(1000);
    expect(strict.received[0]!.body.toString()).toBe(WHOLE);
    expect(await noteOf(answer)).toMatch(/cdr_token\.country_code and cdr_token\.party_id added/);
  });

  it('reaches a 2.2 eMSP as it came, without a note', async () => {
    const answer = await cpo.call({ ...call, to: 'FR*OLD' });
    expect(old.received[0]!.body.toString()).toBe(BODY);
    expect(await noteOf(answer)).toBeNull();
  });

  it('is routed by the uid of its token when it names no receiver, and completed, too', async () => {
    const routed = (text: string): string => text.replace('"U1"', '"ROUTED"');
    const token = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
    const body = { uid: 'ROUTED', type: 'RFID' };
    await strict.call({ ...token, rest: '/DE/MSP/ROUTED', to: 'NL*CPO', body });
    expect((await cpo.call({ ...call, body: routed(BODY) })).json().status_code).toBe(1000);
    expect(strict.received[0]!.body.toString()).toBe(routed(WHOLE));
  });
});

it('what is there already, in whatever bytes, stays', async () => {
  const body = WHOLE.replace('"DE"', '"\\u0044e"');
  await cpo.call({ ...CDR, to: 'DE*MSP', body });
  expect(strict.received[0]!.body.toString()).toBe(body);
});

it('an encoded push goes plain once it had to be completed', async () => {
  const headers = { 'Content-Encoding': 'gzip' };
  await cpo.call({ ...CDR, to: 'DE*MSP', body: gzipSync(Buffer.from(BODY)), headers });
  expect(strict.received[0]!.headers['content-encoding']).toBeUndefined();
  expect(strict.received[0]!.body.toString()).toBe(WHOLE);
});

it('a list that a 2.2.1 eMSP asks a 2.2 CPO for is completed with the pair of the asking party', async () => {
  cpo.answerWith(() => ({ body: success(`[${BODY}, {"id":"S2"}]`) }));
  for (const module of ['cdrs', 'sessions']) {
    const call = { module, interfaceRole: 'SENDER', method: 'GET', to: 'NL*CPO' } as const;
    const answer = await strict.call(call);
    expect(answer.body.toString()).toContain(`[${WHOLE}, {"id":"S2"}]`);
    expect(await noteOf(answer)).toMatch(/added/);
    expect((await old.call(call)).body.toString()).toContain(`[${BODY}, {"id":"S2"}]`);
  }
});

it('a list that is too long to be looked through goes back as it is, and that is noted', async () => {
  cpo.answerWith(() => ({ body: success(`[${BODY},{"pad":"${'x'.repeat(1_100_000)}"}]`) }));
  const answer = await strict.call({ module: 'cdrs', interfaceRole: 'SENDER', method: 'GET', to: 'NL*CPO' });
  expect(answer.body.toString()).toContain(BODY);
  expect(await noteOf(answer)).toMatch(/not looked at/);
});

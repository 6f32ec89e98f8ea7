import { type Party } from '@app/ocpi';
import { HandshakeRefused } from './hub-client';
import { MISBEHAVIOURS } from './misbehaviour';
import { authorization, sendCall } from './ocpi-call';
import { type AdvertisedEndpoint } from './platform-options';
import { TestPlatform } from './test-platform';

const cpo: Party = { countryCode: 'DE', partyId: 'CPO', role: 'CPO' };
const emsp: Party = { countryCode: 'NL', partyId: 'TNM', role: 'EMSP' };

/** Two platforms that are each other's hub: one registers at the other, both sides of the handshake run. */
let one: TestPlatform;
let other: TestPlatform;
beforeEach(async () => {
  one = await TestPlatform.start({ name: 'One', roles: [cpo] });
  other = await TestPlatform.start({ name: 'Other', roles: [emsp], trailingSlash: true });
  await one.register(other.versionsUrl, other.tokens.current);
});
afterEach(() => Promise.all([one.close(), other.close()]));

const PUT = { interfaceRole: 'RECEIVER', module: 'locations', method: 'PUT' } as const;

test('after the handshake both sides can call each other', async () => {
  expect((await one.call({ ...PUT, rest: '/DE/CPO/L1', body: {} })).httpStatus).toBe(200);
  expect((await other.call({ ...PUT, rest: '/DE/CPO/L1', body: {} })).httpStatus).toBe(200);
  expect(one.received).toHaveLength(1);
  expect(other.received).toHaveLength(1);
});

test('a call arrives as it was written: path, query, headers and body', async () => {
  const body = Buffer.from('{"v": 1.00}');
  const call = { rest: '/DE//CPO/../L%311', query: 'a=%zz&a=+', body, from: cpo, to: 'NL*TNM' };
  const answer = await one.call({ ...PUT, ...call });
  const [request] = other.received;
  expect(request).toMatchObject({ method: 'PUT', module: 'locations', interfaceRole: 'RECEIVER', body });
  expect(request?.rawUrl).toBe('/ocpi/2.2.1/receiver/locations/DE//CPO/../L%311?a=%zz&a=+');
  expect(request).toMatchObject({ rest: '/DE//CPO/../L%311', query: 'a=%zz&a=+' });
  expect(request?.headers).toMatchObject({ 'ocpi-from-party-id': 'CPO', 'ocpi-to-country-code': 'NL' });
  expect(answer.headers).toMatchObject({ 'ocpi-from-party-id': 'TNM', 'ocpi-to-party-id': 'CPO' });
  expect(answer.headers['x-request-id']).toBe(answer.requestId);
  expect(answer.headers['x-correlation-id']).toBe(answer.correlationId);
});

test('a call without the right token is answered 401, by an envelope', async () => {
  const raw = { Authorization: `Token ${one.hub.token}` };
  for (const headers of [{ Authorization: null }, raw, { authorization: authorization('another') }]) {
    const answer = await one.call({ ...PUT, headers });
    expect(answer.httpStatus).toBe(401);
    expect(answer.json().status_code).toBe(2001);
  }
});

test('an update changes both tokens, and the old ones die', async () => {
  const [before, theirs] = [one.hub.token, one.tokens.current];
  await one.update();
  expect(one.hub.token).not.toBe(before);
  expect((await one.call({ ...PUT })).httpStatus).toBe(200);
  expect(
    (await one.call({ ...PUT, headers: { Authorization: authorization(before ?? '') } })).httpStatus,
  ).toBe(401);
  expect((await other.call({ ...PUT })).httpStatus).toBe(200);
  expect(one.tokens.allow(authorization(theirs))).toBe(false);
});

test('a refused handshake says so, and leaves the old tokens working', async () => {
  other.misbehave('envelope_500', 'configuration');
  await expect(one.update()).rejects.toThrow(HandshakeRefused);
  other.clear();
  expect((await one.call({ ...PUT })).httpStatus).toBe(200);
  expect((await other.call({ ...PUT })).httpStatus).toBe(200);
});

test('a posted CDR is answered 201 with its Location, which leads back to it', async () => {
  const answer = await one.call({ ...PUT, module: 'cdrs', method: 'POST', body: { id: 'C7' } });
  expect(answer.httpStatus).toBe(201);
  expect((await one.follow(answer.headers.location ?? '')).httpStatus).toBe(200);
  expect(other.received.at(-1)?.path.endsWith('/C7')).toBe(true);
});

test('an answer can be programmed, header by header and byte by byte', async () => {
  other.answerWith(({ method }) =>
    method === 'PUT'
      ? { httpStatus: 404, headers: { 'X-Own': ['a', 'b'], 'X-Request-ID': null }, body: 'no' }
      : undefined,
  );
  const answer = await one.call(PUT);
  expect(answer).toMatchObject({ httpStatus: 404, headers: { 'x-own': 'a, b' }, body: Buffer.from('no') });
  expect(answer.headers['x-request-id']).toBeUndefined();
  expect((await one.call({ ...PUT, method: 'GET' })).httpStatus).toBe(200);
});

test('every advertised endpoint is served', async () => {
  const { versionsUrl: url } = other;
  const token = other.tokens.current;
  const versions = (await sendCall({ method: 'GET', url, token })).json<{ data: { url: string }[] }>().data;
  const details = await sendCall({ method: 'GET', url: versions[0]?.url ?? '', token });
  const { endpoints } = details.json<{ data: { endpoints: AdvertisedEndpoint[] } }>().data;
  expect(endpoints).toHaveLength(16);
  for (const endpoint of endpoints) {
    const answer = await sendCall({ method: 'GET', url: endpoint.url, token });
    expect([endpoint.url, answer.httpStatus]).toEqual([endpoint.url, 200]);
  }
});

test('waitFor gives what came and what comes, and names what came instead when nothing fits', async () => {
  const waited = other.waitFor(({ rest }) => rest === '/later');
  await one.call({ ...PUT, rest: '/now' });
  await one.call({ ...PUT, rest: '/later' });
  expect((await waited).rest).toBe('/later');
  expect((await other.waitFor(({ rest }) => rest === '/now')).rest).toBe('/now');
  await expect(other.waitFor(() => false, 20)).rejects.toThrow(
    /within 20 ms; received: PUT .*\/now, PUT .*\/later/,
  );
});

test('a stopped platform is refused, a restarted one answers on the same port', async () => {
  await other.stop();
  await expect(one.call(PUT)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await other.restart();
  expect((await one.call(PUT)).httpStatus).toBe(200);
});

test('a platform plays each misbehaviour, and behaves again after it', async () => {
  for (const kind of Object.keys(MISBEHAVIOURS) as (keyof typeof MISBEHAVIOURS)[]) {
    other.misbehave(kind);
    await Promise.race([one.call(PUT).catch(() => undefined), new Promise((done) => setTimeout(done, 80))]);
  }
  other.misbehave(null);
  expect((await one.call(PUT)).httpStatus).toBe(200);
});

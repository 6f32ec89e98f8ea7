/** Direct messages between a CPO and an eMSP, over real sockets, asserted at the receiver. */
import { INTERFACES, type InterfaceRole, type Method, MODULES, type Party } from '@app/ocpi';
import { type CallAnswer, fixtureFor, type ReceivedRequest } from '@app/testkit';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const CPO = party('NL*CPO', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [CPO], { trailingSlash: true });
  emsp = await hub.join('emsp', [EMSP], { version: '2.2' });
});
afterAll(() => hub.close());
beforeEach(() => {
  cpo.clear();
  emsp.clear();
});

const operations = MODULES.flatMap(({ module, interfaces }) =>
  INTERFACES.flatMap((interfaceRole) =>
    interfaces[interfaceRole].operations.map(({ method }) => ({ module, interfaceRole, method })),
  ),
);

/** Who calls and who answers: the interface's own role receives. */
function sides(module: string, interfaceRole: InterfaceRole) {
  const toCpo = MODULES.find((row) => row.module === module)!.interfaces[interfaceRole].roles.includes('CPO');
  return toCpo
    ? { caller: emsp, receiver: cpo, from: EMSP, to: CPO }
    : { caller: cpo, receiver: emsp, from: CPO, to: EMSP };
}

function expectRoutingHeaders(headers: ReceivedRequest['headers'], from: Party, to: Party): void {
  expect(headers).toMatchObject({
    'ocpi-from-country-code': from.countryCode,
    'ocpi-from-party-id': from.partyId,
    'ocpi-to-country-code': to.countryCode,
    'ocpi-to-party-id': to.partyId,
  });
}

function only(received: readonly ReceivedRequest[]): ReceivedRequest {
  expect(received).toHaveLength(1);
  return received[0]!;
}

/** The URL of the hub that the receiver was handed as `response_url`. */
function callbackUrlIn({ query, body }: ReceivedRequest): string | undefined {
  return /https?:\/\/[^"&]*\/callback\/[\w-]{24}/.exec(
    `${query.replaceAll('%3A', ':').replaceAll('%2F', '/')} ${body.toString()}`,
  )?.[0];
}

describe.each(operations)('$method $module $interfaceRole', ({ module, interfaceRole, method }) => {
  const fixtureWith = (responseUrl?: string) =>
    fixtureFor({ module, interfaceRole, method: method as Method }, { cpo: CPO, emsp: EMSP, responseUrl });

  async function exchange(): Promise<{ answer: CallAnswer; request: ReceivedRequest }> {
    const { caller, receiver, from, to } = sides(module, interfaceRole);
    const fixture = fixtureWith(`${caller.origin}/results`);
    const answer = await caller.call({ module, interfaceRole, method, ...fixture, from, to });
    return { answer, request: only(receiver.received) };
  }

  it('reaches the receiver with method, path, query and body bytes untouched, a response_url apart', async () => {
    const { request } = await exchange();
    const fixture = fixtureWith(callbackUrlIn(request));
    const { receiver } = sides(module, interfaceRole);
    const endpoint = receiver.endpoint(module, interfaceRole).replace(receiver.origin, '');
    const joined = fixture.rest === '' ? endpoint : endpoint.replace(/\/$/, '') + fixture.rest;
    expect(request.method).toBe(method);
    expect(request.rawUrl).toBe(joined + (fixture.query ? `?${fixture.query}` : ''));
    expect(request.body.equals(fixture.body ?? Buffer.alloc(0))).toBe(true);
  });

  it("carries the pair's routing headers, a new X-Request-ID, the same X-Correlation-ID and the receiver's token", async () => {
    const { answer, request } = await exchange();
    const { receiver, from, to } = sides(module, interfaceRole);
    expectRoutingHeaders(request.headers, from, to);
    expect(request.headers['x-correlation-id']).toBe(answer.correlationId);
    expect(request.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(request.headers['x-request-id']).not.toBe(answer.requestId);
    expect(receiver.tokens.allow(request.headers.authorization)).toBe(true);
  });

  it("brings the receiver's answer back byte for byte, with the caller's own ids and the routing headers turned", async () => {
    const { receiver, from, to } = sides(module, interfaceRole);
    const body = Buffer.from(
      '{ "status_code" : 1000,"data":{"n":1.00,"n":1e2,"big":12345678901234567890},"timestamp":"x\\u00e9" }',
    );
    receiver.answerWith(() => ({ httpStatus: 201, body, headers: { 'X-Total-Count': '7', 'X-Limit': '3' } }));
    const { answer } = await exchange();
    expect(answer.httpStatus).toBe(201);
    expect(answer.body.equals(body)).toBe(true);
    expect(answer.headers).toMatchObject({
      'x-request-id': answer.requestId,
      'x-correlation-id': answer.correlationId,
      'x-total-count': '7',
      'x-limit': '3',
    });
    expectRoutingHeaders(answer.headers as ReceivedRequest['headers'], to, from);
  });
});

/** Every byte that may stand in a JSON string as it is. */
const TEXT = Array.from({ length: 0x100 - 0x20 }, (_, at) => at + 0x20).filter(
  (byte) => byte !== 0x22 && byte !== 0x5c,
);

describe('a direct message', () => {
  const put = {
    module: 'locations',
    interfaceRole: 'RECEIVER',
    method: 'PUT',
    from: 'NL*CPO',
    to: 'DE*MSP',
  } as const;

  it.each([
    '/NL/CPO/a%2Fb%20c',
    '/NL/CPO/a/../x/./y',
    '//NL//CPO///z',
    '/NL/CPO/%zz%',
    "/NL/CPO/a;b=c,d!$&'()*+:@~",
    '/NL/CPO/%E2%82%AC',
    '/%4eL/%43PO/L1',
    '/NL/CPO',
  ])('keeps the path %s as it is', async (rest) => {
    await cpo.call({ ...put, rest, body: '{}' });
    expect(only(emsp.received).rest).toBe(rest);
  });

  it.each([
    'a=1&a=2&a=',
    'q=a+b%20c',
    '?x=?&&=',
    'date_from=2026-01-01T00:00:00Z',
    'x=%',
    'u=http://h/p?a=b#frag'.slice(0, -5),
  ])('keeps the query %s as it is', async (query) => {
    await cpo.call({ ...put, rest: '/NL/CPO/L1', query, body: '{}' });
    expect(only(emsp.received).query).toBe(query);
  });

  it('keeps an encoded body as it is, together with its Content-Encoding', async () => {
    const body = gzipSync('{"id" : "L1", "x":1.00}');
    const answer = await cpo.call({
      ...put,
      rest: '/NL/CPO/L1',
      body,
      headers: { 'Content-Encoding': 'gzip' },
    });
    const request = only(emsp.received);
    expect(answer.json().status_code).toBe(1000);
    expect(request.headers['content-encoding']).toBe('gzip');
    expect(request.body.equals(body)).toBe(true);
  });

  it('hands an encoded answer back as it came', async () => {
    emsp.misbehave('gzip_envelope');
    const answer = await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}' });
    expect([answer.httpStatus, answer.headers['content-encoding']]).toEqual([200, 'gzip']);
    expect(answer.body.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  it('says that it is JSON, and so does its answer, also when their senders left it out; a type given stays', async () => {
    emsp.answerWith(() => ({ headers: { 'Content-Type': null } }));
    const bare = await cpo.call({
      ...put,
      rest: '/NL/CPO/L1',
      body: '{}',
      headers: { 'Content-Type': null },
    });
    expect(bare.headers['content-type']).toBe('application/json');
    await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', headers: { 'Content-Type': 'text/json' } });
    await cpo.call({ ...put, method: 'GET', rest: '/NL/CPO/L1' });
    const types = emsp.received.map(({ headers }) => headers['content-type']);
    expect(types).toEqual(['application/json', 'text/json', undefined]);
  });

  it('is not answered in an encoding that the caller takes and the hub cannot look into', async () => {
    emsp.answerWith(({ headers }) => {
      const zstd = headers['accept-encoding']?.includes('zstd');
      return zstd ? { headers: { 'Content-Encoding': 'zstd' }, body: Buffer.from('28b52ffd', 'hex') } : {};
    });
    const headers = { 'Accept-Encoding': 'gzip, deflate, br, zstd' };
    const answer = await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', headers });
    expect(answer.json().status_code).toBe(1000);
    expect(only(emsp.received).headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  it.each([1_000, 8_192, 8_193, 40_000])(
    'of %i bytes keeps each of them, whatever it is, both ways',
    async (bytes) => {
      const [start, end] = [Buffer.from('{"status_code":1000,"data":"'), Buffer.from('"}')];
      const text = Array.from(
        { length: bytes - start.length - end.length },
        (_, at) => TEXT[at % TEXT.length]!,
      );
      const body = Buffer.concat([start, Buffer.from(text), end]);
      emsp.answerWith(() => ({ body }));
      const answer = await cpo.call({ ...put, rest: '/NL/CPO/L1', body });
      expect(body).toHaveLength(bytes);
      expect(only(emsp.received).body.equals(body)).toBe(true);
      expect(answer.body.equals(body)).toBe(true);
    },
  );

  it("never carries the caller's credentials, cookies or own headers across", async () => {
    const headers = { Cookie: 'session=1', 'X-Forwarded-For': '1.2.3.4', 'X-Own': 'yes', Via: '1.1 x' };
    await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', headers });
    const crossed = Object.keys(only(emsp.received).headers).sort();
    expect(crossed).toEqual([
      ...['accept', 'authorization', 'connection', 'content-length', 'content-type', 'host'],
      ...['ocpi-from-country-code', 'ocpi-from-party-id', 'ocpi-to-country-code', 'ocpi-to-party-id'],
      ...['user-agent', 'x-correlation-id', 'x-hub-via', 'x-request-id'],
    ]);
    expect(only(emsp.received).headers.authorization).not.toContain(cpo.hub.token);
  });

  it('finds its receiver in whatever case the parties are written', async () => {
    const answer = await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', from: 'nl*cPo', to: 'dE*mSp' });
    expect(answer.json().status_code).toBe(1000);
    expectRoutingHeaders(only(emsp.received).headers, CPO, EMSP);
  });

  it('may leave OCPI-from-* out on a platform that hosts one party', async () => {
    await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', from: null });
    expectRoutingHeaders(only(emsp.received).headers, CPO, EMSP);
  });

  it('gets message ids from the hub where it has none, and the log says so', async () => {
    const headers = { 'X-Request-ID': null, 'X-Correlation-ID': null };
    const answer = await cpo.call({ ...put, rest: '/NL/CPO/L1', body: '{}', headers });
    const correlationId = answer.headers['x-correlation-id'];
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(only(emsp.received).headers['x-correlation-id']).toBe(correlationId);
  });

  it('is one row of the message log, without its payload', async () => {
    const answer = await cpo.call({ ...put, rest: '/NL/CPO/L-LOGGED', body: '{"id":"L-LOGGED"}' });
    const rows = await logged(answer.correlationId!);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      module: 'locations',
      method: 'PUT',
      scenario: 'direct',
      request_id: answer.requestId,
    });
    expect(JSON.stringify(rows[0])).not.toContain('L-LOGGED');
  });
});

async function logged(correlationId: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  for (let tries = 0; tries < 50; tries++) {
    const { data } = await hub.admin.messages({ correlation_id: correlationId });
    if (data.length > 0) return data;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

const EXAMPLES = join(__dirname, '..', '..', '..', 'shared', 'ocpi-examples');
const examples = existsSync(EXAMPLES) ? readdirSync(EXAMPLES) : [];

describe('the objects of the public examples', () => {
  it('travel byte for byte in both directions', async () => {
    for (const file of examples) {
      const bytes = readFileSync(join(EXAMPLES, file));
      const answerBody = Buffer.concat([
        Buffer.from('{"data":'),
        bytes,
        Buffer.from(',"status_code":1000,"timestamp":"x"}'),
      ]);
      emsp.clear();
      emsp.answerWith(() => ({ body: answerBody }));
      // Where any body may go: the examples belong to many parties, and a push of another party's object is refused.
      const post = { module: 'commands', interfaceRole: 'SENDER', method: 'POST' } as const;
      const answer = await cpo.call({ ...post, rest: `/${file}`, body: bytes, from: 'NL*CPO', to: 'DE*MSP' });
      expect([file, only(emsp.received).body.equals(bytes)]).toEqual([file, true]);
      expect([file, answer.body.equals(answerBody)]).toEqual([file, true]);
    }
  });
});

import { type Courier, type CourierFault, type CourierFaultKind } from '@app/hub';
import { MisbehavingParty } from '@app/testkit';
import { createServer, type AddressInfo } from 'node:net';
import { createCourier } from './courier';
import { LIMITS } from './limits.fixture';

const TIMEOUT_MS = 200;

let courier: Courier;
beforeEach(() => {
  courier = createCourier(LIMITS);
});
afterEach(() => courier.close());

function ask(origin: string, body: Uint8Array | null = null) {
  const method = body === null ? 'GET' : 'POST';
  return courier.send({
    ...{ platformId: 'p1', method, url: `${origin}/ocpi`, headers: [], body, timeoutMs: TIMEOUT_MS },
  });
}

async function faultOf(origin: string, body: Uint8Array | null = null): Promise<CourierFault> {
  return ask(origin, body).then(
    () => Promise.reject(new Error('there was an answer')),
    (error: unknown) => error as CourierFault,
  );
}

const FAULTS: readonly [Parameters<typeof MisbehavingParty.start>[0], CourierFaultKind][] = [
  ['hang', 'answer_timeout'],
  ['slow_headers', 'answer_timeout'],
  ['slow_body', 'answer_timeout'],
  ['reset_before_answer', 'reset'],
  ['close_before_answer', 'reset'],
  ['reset_mid_body', 'reset'],
  ['close_mid_chunks', 'reset'],
  ['close_mid_last_chunks', 'reset'],
  ['refuse', 'refused'],
  ['unknown_name', 'dns'],
  ['self_signed_tls', 'tls'],
  ['not_http', 'invalid_answer'],
  ['oversized_declared', 'answer_too_large'],
  ['oversized_chunked', 'answer_too_large'],
];

test.each(FAULTS)('a party that plays %s is the fault %s, and is asked once', async (kind, expected) => {
  const party = await MisbehavingParty.start(kind);
  try {
    const fault = await faultOf(party.origin, Buffer.from('{}'));
    expect(fault).toMatchObject({ name: 'CourierFault', kind: expected });
    expect(party.requests).toBeLessThanOrEqual(1);
  } finally {
    await party.close();
  }
});

test.each(['hang', 'slow_headers', 'slow_body'] as const)(
  'the deadline of a party that plays %s holds to about 20 ms, bytes that trickle do not move it',
  async (kind) => {
    const party = await MisbehavingParty.start(kind);
    const started = performance.now();
    await faultOf(party.origin);
    const tookMs = performance.now() - started;
    await party.close();
    expect(tookMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 2);
    expect(tookMs).toBeLessThan(800);
  },
);

test('an answer to a TLS greeting that is not TLS is a tls fault', async () => {
  const party = await MisbehavingParty.start('html');
  const fault = await faultOf(party.origin.replace('http:', 'https:'));
  await party.close();
  expect(fault.kind).toBe('tls');
});

test('a connection that is accepted but whose TLS handshake stays silent is a connect_timeout, in time', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  await courier.close();
  courier = createCourier({ ...LIMITS, connectTimeoutMs: 150 });
  const started = performance.now();
  const fault = await faultOf(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  expect(fault.kind).toBe('connect_timeout');
  expect(performance.now() - started).toBeLessThan(800);
  silent.close();
}, 10_000);

test('a fault keeps what caused it', async () => {
  const party = await MisbehavingParty.start('refuse');
  const fault = await faultOf(party.origin);
  expect(fault.cause).toMatchObject({ code: 'ECONNREFUSED' });
});

test.each(['redirect', 'status_401', 'envelope_404', 'html_500', 'cut_json', 'empty_204'] as const)(
  'what a party that plays %s answers is handed back as it is',
  async (kind) => {
    const party = await MisbehavingParty.start(kind);
    const answer = await ask(party.origin);
    expect(answer.httpStatus).toBeGreaterThan(199);
    expect(party.requests).toBe(1);
    await party.close();
  },
);

test('a compressed answer is handed back compressed, byte for byte', async () => {
  const party = await MisbehavingParty.start('gzip_envelope');
  const answer = await ask(party.origin);
  await party.close();
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect([...answer.body.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
});

test.each(['ftp://127.0.0.1/', 'ocpi', 'http://', 'http://user:secret@127.0.0.1/', 'http://a\\@127.0.0.1/'])(
  'the URL %s is a forbidden_destination',
  async (url) => {
    const sent = courier.send({
      ...{ platformId: 'p1', method: 'GET', url, headers: [], body: null, timeoutMs: TIMEOUT_MS },
    });
    await expect(sent).rejects.toMatchObject({ kind: 'forbidden_destination' });
  },
);

import { type Courier } from '@app/hub';
import { MisbehavingParty, TEST_ONLY_CERTIFICATE } from '@app/testkit';
import { type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { guardConnector } from './connector';
import { createCourier } from './courier';
import { isPublicAddress } from './guard';
import { LIMITS } from './limits.fixture';

const NOT_PUBLIC = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1'],
  ...['192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1'],
  ...['239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '64:ff9b::7f00:1'],
  ...['64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '5f00::1', 'fc00::1'],
  ...['fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1'],
  ...['', 'localhost', '1.2.3', '127.1', '0x7f.0.0.1'],
];

test.each(NOT_PUBLIC)('%s is not a public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '1.1.1.1',
  '9.9.9.9',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '198.20.0.1',
  '223.255.255.1',
])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2400:cb00::1'])(
  '%s is a public address',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

let party: MisbehavingParty;
let courier: Courier | undefined;
beforeAll(async () => {
  party = await MisbehavingParty.start('empty_204');
});
afterEach(() => courier?.close());
afterAll(() => party.close());

function outcome(url: string, lookup?: LookupFunction): Promise<string> {
  courier = createCourier({ ...LIMITS, allowPrivateNetworks: false, ...(lookup && { lookup }) });
  return courier.send({ platformId: 'p1', method: 'GET', url, headers: [], body: null, timeoutMs: 500 }).then(
    () => 'answered',
    (fault: { kind: string }) => fault.kind,
  );
}

/** A resolver whose answers the test chooses. */
function resolving(...answers: string[][]): LookupFunction {
  let asked = 0;
  return (_name, options, callback) => {
    const addresses = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) process.nextTick(callback, null, found);
    else process.nextTick(callback, null, found[0]!.address, found[0]!.family);
  };
}

const LITERALS = [
  ...['127.0.0.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.1', '0', '[::1]', '[::]'],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
    '10.0.0.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
  ],
  ...['\u2460\u2461\u2466.0.0.1', '[64:ff9b::7f00:1]', '[fe80::1]', '[fd00::1]'],
];

test.each(LITERALS)('http://%s is a forbidden_destination and is not connected to', async (host) => {
  const before = party.connections;
  const port = new URL(party.origin).port;
  expect(await outcome(`http://${host}:${port}/`)).toBe('forbidden_destination');
  expect(await outcome(`https://${host}:${port}/`)).toBe('forbidden_destination');
  expect(party.connections).toBe(before);
});

test('localhost is a forbidden_destination', async () => {
  expect(await outcome(party.origin.replace('127.0.0.1', 'localhost'))).toBe('forbidden_destination');
});

test.each([[['127.0.0.1']], [['9.9.9.9', '127.0.0.1']], [['::1']], [['2606:4700::1', 'fd00::1']]])(
  'a name that resolves to %j is a forbidden_destination',
  async (addresses) => {
    const before = party.connections;
    const url = party.origin.replace('127.0.0.1', 'rebound.example');
    expect(await outcome(url, resolving(addresses))).toBe('forbidden_destination');
    expect(party.connections).toBe(before);
  },
);

test('a name that is public at first and private at the next connection is forbidden then', async () => {
  const lookup = resolving(['127.0.0.1'], ['127.0.0.1']);
  const judged: string[] = [];
  const rebinding: LookupFunction = (name, options, callback) => {
    judged.push(name);
    lookup(name, options, callback);
  };
  const url = party.origin.replace('127.0.0.1', 'rebound.example');
  expect(await outcome(url, rebinding)).toBe('forbidden_destination');
  expect(await outcome(url, rebinding)).toBe('forbidden_destination');
  expect(judged).toHaveLength(2);
});

test('a connection that ended at a private address all the same is closed and forbidden', async () => {
  const dial = buildConnector({});
  const connect = guardConnector((target, callback) => {
    dial({ ...target, hostname: '127.0.0.1' }, callback);
  });
  const target = { hostname: 'party.example', protocol: 'http:', port: new URL(party.origin).port };
  const result = await new Promise((resolve) => {
    connect(target, (error, socket) => {
      resolve(error ?? socket);
    });
  });
  expect(result).toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(party.open).toBe(0);
});

test('a name that does not resolve is a dns fault, guard or no guard', async () => {
  const failing: LookupFunction = (_name, _options, callback) => {
    process.nextTick(callback, Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
  };
  expect(await outcome('http://no-such-party.invalid/', failing)).toBe('dns');
});

test('with private networks allowed the same party answers, over TLS too when its certificate is trusted', async () => {
  const secure = await MisbehavingParty.start('self_signed_tls');
  const trusting = createCourier({ ...LIMITS, trustedCertificates: [TEST_ONLY_CERTIFICATE] });
  for (const { origin } of [party, secure]) {
    const request = { platformId: 'p1', method: 'GET', url: origin, headers: [], body: null, timeoutMs: 500 };
    expect((await trusting.send(request)).httpStatus).toBe(204);
  }
  await secure.close();
  await trusting.close();
});

/** A leg whose worker has not heard of its receiver yet: the router that accepted it may have heard first. */
import { Directory } from '../directory';
import { type LeasedLeg, type PlatformRecord } from '../ports';
import { sendLeg, type SendLegParts } from './attempt';

const platform: PlatformRecord = {
  ...{ id: 'p', name: 'p', status: 'CONNECTED', suspended: false, version: '2.2.1', versionsUrl: null },
  ...{
    createdAt: new Date(),
    registeredAt: new Date(),
    lastSeenAt: null,
    announced: false,
    allowedHosts: [],
  },
  ...{ parties: [], issuedTokens: [], peerToken: 'token' },
  endpoints: [{ module: 'locations', interfaceRole: 'RECEIVER', url: 'http://p/locations' }],
};
const push = {
  ...{ module: 'locations', method: 'PUT', rest: '', query: '', headers: [], body: null, from: null },
  ...{ requestId: 'r', correlationId: 'c' },
};
const legAfter = (attempts: number): LeasedLeg =>
  ({
    ...{ id: 'l', leaseId: 'l', line: 'l', platformId: 'p', party: null, leasedUntil: 0, attempts },
    ...{
      remainingMs: 900_000,
      push,
    },
  }) as unknown as LeasedLeg;

let directory: Directory;
let parts: SendLegParts;
let sent: number;

beforeEach(() => {
  directory = new Directory();
  sent = 0;
  const courier = {
    send: async () => {
      sent++;
      return { httpStatus: 200, headers: {}, body: Buffer.from('{"status_code":1000}') };
    },
  };
  parts = {
    ...{
      courier,
      directory,
      messageLog: { record: () => undefined },
      hub: { countryCode: 'NL', partyId: 'HUB' },
    },
    ...{
      answerTimeoutMs: 1_000,
      firstRetryMs: 1_000,
      newId: () => 'id',
      now: () => new Date(),
      random: () => 0,
    },
  } as unknown as SendLegParts;
});

test('a leg to a platform that the worker has not heard of yet waits for the news', async () => {
  const { settlement, result } = await sendLeg(legAfter(0), parts);
  expect(settlement).toEqual({ state: 'waiting', error: 'platform_unregistered', retryInMs: 1_000 });
  expect(result).toBeNull();
  directory.platformChanged('p', platform);
  expect((await sendLeg(legAfter(1), parts)).settlement).toEqual({ state: 'delivered' });
});

test('so does a leg to a module that the worker has not heard of yet', async () => {
  directory.platformChanged('p', { ...platform, endpoints: [] });
  expect((await sendLeg(legAfter(0), parts)).settlement).toMatchObject({
    state: 'waiting',
    error: 'interface_not_implemented',
  });
});

test('a leg to a platform that is registered no more is discarded in the end, and nothing was sent', async () => {
  expect((await sendLeg(legAfter(5), parts)).settlement).toEqual({
    state: 'discarded',
    error: 'platform_unregistered',
  });
  expect(sent).toBe(0);
});

test('so is a leg to a party that has left its platform, or is there in another role only', async () => {
  const party = { countryCode: 'NL', partyId: 'TNM' };
  const left = { state: 'discarded', error: 'party_left' };
  const since = new Date();
  const held = { ...party, held: true, status: 'CONNECTED', statusSince: since, knownSince: since };
  for (const parties of [[], [{ ...held, role: 'EMSP', held: false }], [{ ...held, role: 'CPO' }]]) {
    directory.platformChanged('p', { ...platform, parties } as unknown as PlatformRecord);
    expect((await sendLeg({ ...legAfter(5), party }, parts)).settlement).toEqual(left);
  }
  expect(sent).toBe(0);
  directory.platformChanged('p', {
    ...platform,
    parties: [{ ...held, role: 'EMSP' }],
  } as unknown as PlatformRecord);
  expect((await sendLeg({ ...legAfter(5), party }, parts)).settlement).toEqual({ state: 'delivered' });
});

/** Broadcasts: who gets them, what arrives there, and what the sender is told. */
import { MODULES, type Party, type Role } from '@app/ocpi';
import { type CallAnswer, fixtureFor, type ReceivedRequest } from '@app/testkit';
import { describeOnEachQueue } from '../support/backends';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { allSettled, until } from '../support/waiting';

const EMSP_LIKE: readonly Role[] = ['EMSP', 'NSP', 'NAP', 'SCSP', 'OTHER'];
const CPO = party('NL*CPO', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');
const onlyCommands = [{ module: 'commands', interfaceRole: 'RECEIVER' }] as const;

describeOnEachQueue('a broadcast', ({ redisUrl }) => {
  let hub: TestHub;
  const at: Record<string, JoinedPlatform> = {};

  beforeAll(async () => {
    hub = await startHub(redisUrl ? { REDIS_URL: redisUrl } : {});
    await hub.addWorker();
    await joinAll(hub, at);
  }, 60_000);
  afterAll(() => hub.close());
  beforeEach(() => Object.values(at).forEach((platform) => platform.clear()));

  function send(from: Party, module: string, method: 'PUT' | 'PATCH' | 'DELETE'): Promise<CallAnswer> {
    const owners = { cpo: from, emsp: from };
    const fixture = fixtureFor({ module, interfaceRole: 'RECEIVER', method }, owners);
    const sender = from === CPO ? at.cpo! : from === EMSP ? at.emsp! : at.OTHER!;
    return sender.call({ module, interfaceRole: 'RECEIVER', method, ...fixture, from, to: HUB_PARTY });
  }

  /** `platform NL*TNM` for every delivery of a correlation id, sorted, once nothing waits any more. */
  async function receivers({ correlationId }: CallAnswer): Promise<string[]> {
    await allSettled(hub.settings.databaseUrl);
    return Object.entries(at)
      .flatMap(([name, { received }]) =>
        ofMessage(received, correlationId).map((one) => `${name} ${toOf(one)}`),
      )
      .sort();
  }

  const everyEmspLike = [
    ...['cpo NL*SIS', 'emsp DE*MS2', 'emsp DE*MSP', 'twin NL*CPO'],
    ...EMSP_LIKE.map((role) => `${role} FR*${role.slice(0, 3)}`),
  ].sort();

  it.each([
    ['locations', 'PUT'],
    ['locations', 'PATCH'],
    ['tariffs', 'PUT'],
    ['tariffs', 'DELETE'],
  ] as const)(
    'of CPO data (%s %s) reaches each EMSP, NSP, NAP, SCSP and OTHER once, its own eMSP half on another platform too',
    async (module, method) => {
      const answer = await send(CPO, module, method);
      expect(answer.json()).toMatchObject({ status_code: 1000 });
      expect(await receivers(answer)).toEqual(everyEmspLike);
    },
  );

  it.each(['PUT', 'PATCH'] as const)('of eMSP data (tokens %s) reaches each CPO once', async (method) => {
    expect(await receivers(await send(EMSP, 'tokens', method))).toEqual(['cpo NL*CPO', 'cpo2 BE*CPO']);
  });

  it('of an OTHER reaches CPOs only, and is refused by name where it can reach no party', async () => {
    const other = party('FR*OTH', 'OTHER');
    expect(await receivers(await send(other, 'tokens', 'PUT'))).toEqual(['cpo NL*CPO', 'cpo2 BE*CPO']);
    const locations = await send(other, 'locations', 'PUT');
    expect(locations.json()).toMatchObject({
      status_code: 2001,
      status_message: expect.stringMatching(/FR\*OTH is not CPO or NAP/) as string,
    });
    expect(await receivers(locations)).toEqual([]);
  });

  it('arrives from the hub party with path, query and body bytes as they were sent', async () => {
    const answer = await send(EMSP, 'tokens', 'PUT');
    const fixture = fixtureFor(
      { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT' },
      { cpo: CPO, emsp: EMSP },
    );
    await allSettled(hub.settings.databaseUrl);
    const [request] = ofMessage(at.cpo!.received, answer.correlationId);
    const endpoint = at.cpo!.endpoint('tokens', 'RECEIVER').replace(at.cpo!.origin, '').replace(/\/$/, '');
    expect(request?.rawUrl).toBe(`${endpoint}${fixture.rest}?${fixture.query}`);
    expect(request?.body.equals(fixture.body!)).toBe(true);
    expect(request?.headers).toMatchObject({
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'HUB',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'CPO',
      'x-correlation-id': answer.correlationId,
      'content-type': 'application/json',
    });
    expect(at.cpo!.tokens.allow(request?.headers.authorization)).toBe(true);
  });

  it('has a request id of its own for each receiver, which is not that of the sender', async () => {
    const answer = await send(CPO, 'locations', 'PUT');
    await allSettled(hub.settings.databaseUrl);
    const all = Object.values(at).flatMap(({ received }) => ofMessage(received, answer.correlationId));
    const ids = all.map(({ headers }) => headers['x-request-id']);
    expect(new Set([...ids, answer.requestId]).size).toBe(everyEmspLike.length + 1);
  });

  it('is answered by the hub party, without data and with the ids of the sender', async () => {
    const answer = await send(CPO, 'tariffs', 'PUT');
    expect(answer.httpStatus).toBe(200);
    expect(Object.keys(answer.json()).sort()).toEqual(['status_code', 'timestamp']);
    expect(answer.headers).toMatchObject({
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'HUB',
      'ocpi-to-party-id': 'CPO',
      'x-request-id': answer.requestId,
      'x-correlation-id': answer.correlationId,
    });
  });

  it('leaves one row in the message log for the sender and one for each attempt', async () => {
    const answer = await send(EMSP, 'tokens', 'PUT');
    await allSettled(hub.settings.databaseUrl);
    await until(async () => {
      const { data } = await hub.admin.messages({ correlation_id: answer.correlationId! });
      return data.length === 3;
    });
    const { data } = await hub.admin.messages({ correlation_id: answer.correlationId! });
    expect(data.map(({ scenario }) => scenario)).toEqual(['broadcast', 'broadcast', 'broadcast']);
  });

  const never = MODULES.filter(({ interfaces }) => !interfaces.RECEIVER.broadcast).map(
    ({ module }) => module,
  );
  it.each(never)('of %s is refused with 2001, and nobody gets it', async (module) => {
    const [operation] = MODULES.find((row) => row.module === module)!.interfaces.RECEIVER.operations.filter(
      ({ method }) => method !== 'GET' && method !== 'DELETE',
    );
    const fixture = fixtureFor(
      { module, interfaceRole: 'RECEIVER', method: operation!.method },
      { cpo: CPO, emsp: EMSP },
    );
    const call = { module, interfaceRole: 'RECEIVER', method: operation!.method, ...fixture } as const;
    const answer = await at.cpo!.call({ ...call, from: CPO, to: HUB_PARTY });
    expect(answer.httpStatus).toBe(200);
    expect(answer.json().status_code).toBe(2001);
    expect(await receivers(answer)).toEqual([]);
  });
});

/** Every kind of party that may get a broadcast, and every kind that may not. */
async function joinAll(hub: TestHub, at: Record<string, JoinedPlatform>): Promise<void> {
  const join = async (name: string, parties: readonly Party[], more = {}): Promise<void> => {
    at[name] = await hub.join(name, parties, more);
  };
  await join('cpo', [CPO, party('NL*SIS', 'EMSP')], { trailingSlash: true });
  await join('cpo2', [party('BE*CPO', 'CPO')], { version: '2.2' });
  await join('emsp', [EMSP, party('DE*MSP', 'SCSP'), party('DE*MS2', 'EMSP')], { trailingSlash: true });
  for (const role of EMSP_LIKE) await join(role, [party(`FR*${role.slice(0, 3)}`, role)]);
  // The pair of the sending CPO, as an eMSP of another platform.
  await join('twin', [party('NL*CPO', 'EMSP')]);
  await join('without', [party('AT*WOR', 'EMSP')], { modules: onlyCommands });
  await hub.admin.createPlatform('planned', [party('AT*PLA', 'EMSP')]);
}

function ofMessage(received: readonly ReceivedRequest[], correlationId: string | null): ReceivedRequest[] {
  return received.filter(({ headers }) => headers['x-correlation-id'] === correlationId);
}

function toOf({ headers }: ReceivedRequest): string {
  return `${headers['ocpi-to-country-code']}*${headers['ocpi-to-party-id']}`;
}

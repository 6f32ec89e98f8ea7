/** Results of commands and charging profiles, walked back through the hub over real sockets. */
import { type CallAnswer, fixtureFor } from '@app/testkit';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../libs/testkit/src/twin';
import {
  CPO,
  DAY_MS,
  type DetourWorld,
  EMSP,
  last,
  laterBy,
  startDetourWorld,
  statusOf,
} from '../support/detours';
import { party } from '../support/hub';

let world: DetourWorld;
let { hub, cpo, emsp, stranger } = {} as DetourWorld;

beforeAll(async () => {
  world = await startDetourWorld();
  ({ hub, cpo, emsp, stranger } = world);
});
afterAll(() => world.hub.close());
afterEach(() => world.reset());

/** A URL at the eMSP's Sender interface of commands, where its results are wanted. */
const atEmsp = (path: string): string => `${emsp.endpoint('commands', 'SENDER')}${path}`;
const AT_EMSP = '/ocpi/2.2.1/sender/commands';

function start(responseUrl: string, more: object = {}): Promise<CallAnswer> {
  const { body } = fixtureFor(
    { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' },
    { cpo: CPO, emsp: EMSP, responseUrl },
  );
  return command('START_SESSION', body!, more);
}

function command(name: string, body: unknown, more: object = {}): Promise<CallAnswer> {
  const to = { from: 'DE*MSP', to: 'NL*CPO', module: 'commands', interfaceRole: 'RECEIVER' } as const;
  return emsp.call({ ...to, method: 'POST', rest: `/${name}`, body, ...more });
}

/** The URL that the CPO got for a command whose result is wanted at a path of the eMSP. */
async function handedOut(path = '/results/1?id=7&x=%zz'): Promise<string> {
  expect((await start(atEmsp(path))).json().status_code).toBe(1000);
  return (JSON.parse(last(cpo).body.toString()) as { response_url: string }).response_url;
}

describe('the response_url of a command', () => {
  it('becomes a URL of the hub of at most 255 characters, and no other byte changes', async () => {
    await start(atEmsp('/results/1'));
    const { body } = last(cpo);
    const { response_url } = JSON.parse(body.toString()) as { response_url: string };
    expect(response_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ocpi\/2\.2\.1\/callback\/[\w-]{24}$/);
    const { body: sent } = fixtureFor(
      { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' },
      { cpo: CPO, emsp: EMSP, responseUrl: response_url },
    );
    expect(body.toString()).toBe(sent!.toString());
  });

  it('brings the result to the original URL: same bytes, routing headers of the pair, the owner’s token', async () => {
    const url = await handedOut();
    const result = Buffer.from('{ "result":"ACCEPTED" , "x":1.00 }');
    const answer = await cpo.follow(url, 'POST', { body: result });
    const request = last(emsp);
    expect([request.method, request.rawUrl]).toEqual(['POST', `${AT_EMSP}/results/1?id=7&x=%zz`]);
    expect(request.body.equals(result)).toBe(true);
    expect(request.headers).toMatchObject({
      ...{ 'ocpi-from-country-code': 'NL', 'ocpi-from-party-id': 'CPO' },
      ...{ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'MSP' },
      'x-correlation-id': answer.correlationId,
    });
    expect(request.headers['x-request-id']).not.toBe(answer.requestId);
    expect(emsp.tokens.allow(request.headers.authorization)).toBe(true);
    expect(statusOf(answer)).toEqual([200, 1000]);
    expect(answer.headers).toMatchObject({
      ...{ 'ocpi-from-country-code': 'DE', 'ocpi-from-party-id': 'MSP', 'ocpi-to-party-id': 'CPO' },
      'x-request-id': answer.requestId,
    });
  });

  it('lets the CPO cancel a reservation by the same URL ten days later, and as often as it has to', async () => {
    await command('RESERVE_NOW', { response_url: atEmsp('/reserved'), reservation_id: 'R1' });
    const { response_url } = JSON.parse(last(cpo).body.toString()) as { response_url: string };
    await cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } });
    laterBy(10 * DAY_MS);
    for (const result of ['CANCELED_RESERVATION', 'CANCELED_RESERVATION']) {
      expect(statusOf(await cpo.follow(response_url, 'POST', { body: { result } }))).toEqual([200, 1000]);
      expect(JSON.parse(last(emsp).body.toString())).toEqual({ result });
    }
    expect(emsp.received).toHaveLength(3);
  });

  it('leads nowhere once CALLBACK_TTL_SECONDS are over', async () => {
    const url = await handedOut();
    laterBy(30 * DAY_MS + 1_000);
    expect(statusOf(await cpo.follow(url, 'POST', { body: {} }))).toEqual([404, 2000]);
    expect(emsp.received).toHaveLength(0);
  });

  it('is 404 to any other platform, 401 without a token, 405 to other methods', async () => {
    const url = await handedOut();
    for (const other of [stranger, emsp]) {
      expect(statusOf(await other.follow(url, 'POST', { body: {} }))).toEqual([404, 2000]);
    }
    const nobody = { Authorization: 'Token bm9ib2R5' };
    expect(statusOf(await cpo.follow(url, 'POST', { body: {}, headers: nobody }))).toEqual([401, 2000]);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect(statusOf(await cpo.follow(url, method))).toEqual([405, 2000]);
    }
    expect(
      statusOf(
        await cpo.follow(
          url.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
          'POST',
        ),
      ),
    ).toEqual([404, 2000]);
    expect(statusOf(await cpo.follow(`${url}%00`, 'POST'))).toEqual([404, 2000]);
    expect(emsp.received).toHaveLength(0);
  });

  it('takes routing headers that fit the pair, and no others', async () => {
    const url = await handedOut();
    const headers = (from: string, to: string): { headers: Record<string, string> } => ({
      headers: {
        ...{ 'OCPI-from-country-code': from.slice(0, 2), 'OCPI-from-party-id': from.slice(3) },
        ...{ 'OCPI-to-country-code': to.slice(0, 2), 'OCPI-to-party-id': to.slice(3) },
      },
    });
    const post = (more: object): Promise<CallAnswer> => cpo.follow(url, 'POST', { body: {}, ...more });
    expect(statusOf(await post(headers('nl*cpo', 'DE*MSP')))).toEqual([200, 1000]);
    expect(statusOf(await post(headers('NL*CP2', 'DE*MSP')))).toEqual([200, 2001]);
    expect(statusOf(await post(headers('NL*CPO', 'FR*MSP')))).toEqual([200, 2001]);
    expect(statusOf(await post({ headers: { 'OCPI-to-party-id': 'MSP' } }))).toEqual([200, 2001]);
    expect(emsp.received).toHaveLength(1);
  });

  it('of a host that the platform did not register with is refused, until the operator allows it', async () => {
    for (const url of ['http://127.0.0.1:1/x', emsp.origin.replace('http:', 'https:'), stranger.origin]) {
      const answer = await start(url);
      expect(statusOf(answer)).toEqual([200, 2001]);
      expect(answer.json().status_message).toContain('response_url');
    }
    for (const url of ['/results', 'ftp://x', `http://u:p@${emsp.origin.slice(7)}/x`, 'x'.repeat(3_000)]) {
      expect(statusOf(await start(url))).toEqual([200, 2001]);
    }
    expect(cpo.received).toHaveLength(0);
    const host = stranger.origin.replace('http://', '');
    expect(await hub.admin.ask('PUT', `/platforms/${emsp.id}/allowed-hosts`, { hosts: [host] })).toEqual({
      hosts: [host],
    });
    const elsewhere = `https://${host}/results`;
    await eventually(async () => (await start(elsewhere)).json().status_code === 1000);
    await hub.admin.ask('PUT', `/platforms/${emsp.id}/allowed-hosts`, { hosts: [] });
  });

  it('in an encoded body is replaced too; the body then goes plain', async () => {
    const body = gzipSync(Buffer.from(`{"response_url":"${emsp.origin}\\/r","n":1.0}`));
    const answer = await command('STOP_SESSION', body, { headers: { 'Content-Encoding': 'gzip' } });
    expect(answer.json().status_code).toBe(1000);
    expect(last(cpo).headers['content-encoding']).toBeUndefined();
    expect(last(cpo).body.toString()).toMatch(
      /^\{"response_url":"http:\/\/127.*\/callback\/[\w-]{24}","n":1\.0\}$/,
    );
    const bad = { headers: { 'Content-Encoding': 'zstd' } };
    expect(statusOf(await command('STOP_SESSION', body, bad))).toEqual([400, 2000]);
  });

  it('that is missing is for the receiver to judge', async () => {
    const answer = await command('STOP_SESSION', '{"session_id":"S1" }');
    expect(answer.json().status_code).toBe(1000);
    expect(last(cpo).body.toString()).toBe('{"session_id":"S1" }');
  });

  it('works with the owner’s new token after a rotation, and is 4003 once the owner is gone', async () => {
    const passing = await hub.join('passing', [party('BE*MSP', 'EMSP')]);
    const to = { from: 'BE*MSP', to: 'NL*CPO', module: 'commands', interfaceRole: 'RECEIVER' } as const;
    const body = { response_url: `${passing.endpoint('commands', 'SENDER')}/r` };
    await passing.call({ ...to, method: 'POST', rest: '/STOP_SESSION', body });
    const { response_url } = JSON.parse(last(cpo).body.toString()) as { response_url: string };
    await passing.update();
    await eventually(
      async () => (await cpo.follow(response_url, 'POST', { body: {} })).json().status_code === 1000,
    );
    await passing.unregister();
    await eventually(
      async () => (await cpo.follow(response_url, 'POST', { body: {} })).json().status_code === 4003,
    );
  });

  it('is refused once its platform gave up the party that it was for, whose name is in the message log', async () => {
    const moving = await hub.join('moving', [party('BE*CPO', 'CPO'), party('BE*CP2', 'CPO')]);
    const command = {
      from: 'DE*MSP',
      module: 'commands',
      interfaceRole: 'RECEIVER',
      method: 'POST',
    } as const;
    const body = { response_url: atEmsp('/moved') };
    await emsp.call({ ...command, to: 'BE*CPO', rest: '/STOP_SESSION', body });
    const { response_url } = JSON.parse(last(moving).body.toString()) as { response_url: string };
    await moving.update({ roles: moving.credentialsWith('').roles.slice(1) });
    const error = 'from_not_yours';
    const row = await eventually(async () => {
      await moving.follow(response_url, 'POST', { body: {} });
      return (await hub.admin.messages({ platform: moving.id, error })).data[0];
    });
    expect(row).toMatchObject({ error, status_code: 2001, from: null, claimed_from: 'BE*CPO' });
  });

  it('handles what the owner answers as it does on the direct way', async () => {
    const url = await handedOut();
    const post = (): Promise<CallAnswer> => cpo.follow(url, 'POST', { body: '{}' });
    emsp.misbehave('html');
    expect(statusOf(await post())).toEqual([200, 4000]);
    emsp.misbehave('status_401');
    expect(statusOf(await post())).toEqual([200, 4003]);
    emsp.misbehave(null);
    emsp.answerWith(() => ({ httpStatus: 404, body: '{"status_code":2003,"timestamp":"x"}' }));
    expect(statusOf(await post())).toEqual([404, 2003]);
    expect(statusOf(await cpo.follow(url, 'POST', { body: '{' }))).toEqual([400, 2000]);
  });

  it('is in the message log as a callback of the pair', async () => {
    const answer = await cpo.follow(await handedOut(), 'POST', { body: {} });
    const row = await eventually(async () => {
      const { data } = await hub.admin.messages({ correlation_id: answer.correlationId! });
      return data[0];
    });
    expect(row).toMatchObject({ scenario: 'callback', module: 'commands', from: 'NL*CPO', to: 'DE*MSP' });
  });
});

describe('the response_url of a charging profile', () => {
  const call = {
    from: 'DE*MSP',
    to: 'NL*CPO',
    module: 'chargingprofiles',
    interfaceRole: 'RECEIVER',
  } as const;

  it.each([
    ['as it is', (url: string) => `duration=900&response_url=${url}`, '/p?request_id=5678&foo=1'],
    ['encoded', (url: string) => `x=+&response_url=${encodeURIComponent(url)}&duration=9`, '/p?id=1&y=2'],
  ])('in a query, %s, is replaced and leads back', async (_name, query, path) => {
    await emsp.call({ ...call, method: 'GET', rest: '/S-1', query: query(atEmsp(path)) });
    const url = new URLSearchParams(last(cpo).query).get('response_url')!;
    expect(last(cpo).query).toBe(
      query('\0').replace(/\0|%00/, query('').includes('x=+') ? encodeURIComponent(url) : url),
    );
    await cpo.follow(url, 'POST', { body: { result: 'ACCEPTED' } });
    expect([last(emsp).method, last(emsp).rawUrl]).toEqual(['POST', AT_EMSP + path]);
  });

  it('of a PUT takes an active profile by PUT, and a result by POST', async () => {
    const { body } = fixtureFor(
      { module: 'chargingprofiles', interfaceRole: 'RECEIVER', method: 'PUT' },
      { cpo: CPO, emsp: EMSP, responseUrl: atEmsp('/profiles/S-1') },
    );
    await emsp.call({ ...call, method: 'PUT', rest: '/S-1', body });
    const url = /"response_url"\s*:\s*"([^"]+)"/.exec(last(cpo).body.toString())![1]!;
    const profile =
      '{"start_date_time":"2026-01-01T00:00:00Z","charging_profile":{"charging_rate_unit":"A"}}';
    for (const method of ['PUT', 'POST']) {
      expect(statusOf(await cpo.follow(url, method, { body: profile }))).toEqual([200, 1000]);
      expect([last(emsp).method, last(emsp).rawUrl]).toEqual([method, `${AT_EMSP}/profiles/S-1`]);
      expect(last(emsp).body.toString()).toBe(profile);
    }
  });
});

describe('a URL that was handed out', () => {
  it('works through any router, also when the one that handed it out is gone', async () => {
    const first = await hub.addRouter();
    const second = await hub.addRouter();
    const through = (url: string, router: { versionsUrl: string }): string =>
      url.replace(/^http:\/\/[^/]+/, new URL(router.versionsUrl).origin);
    const answer = await emsp.hub.send({
      ...{ method: 'POST', body: { response_url: atEmsp('/after'), session_id: 'S1' } },
      url: `${through(emsp.hub.endpoint('commands', 'RECEIVER'), first)}/STOP_SESSION`,
      headers: { 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'CPO' },
    });
    expect(statusOf(answer)).toEqual([200, 1000]);
    const { response_url } = JSON.parse(last(cpo).body.toString()) as { response_url: string };
    expect(response_url.startsWith(new URL(first.versionsUrl).origin)).toBe(true);
    await first.close();
    expect(statusOf(await cpo.follow(through(response_url, second), 'POST', { body: {} }))).toEqual([
      200, 1000,
    ]);
    expect(last(emsp).rawUrl).toBe(`${AT_EMSP}/after`);
  });
});

/** What the hub remembers of what passes through it, and what it does not. */
import { randomUUID } from 'node:crypto';
import { startDelivery } from '../../apps/delivery/src/app';
import { type JoinedPlatform, party, type TestHub } from '../support/hub';
import {
  type Call,
  clearAll,
  command,
  eventually,
  pushedLocation,
  pushedToken,
  refused,
  sent,
  startOpenWorld,
} from '../support/open-world';
import { sql } from '../support/store';

let hub: TestHub;
let cpo: JoinedPlatform;
let cpo2: JoinedPlatform;
let emsp: JoinedPlatform;
let emsp2: JoinedPlatform;
/** Ids of one test. */
let loc: string;

beforeAll(async () => {
  ({ hub, cpo, cpo2, emsp, emsp2 } = await startOpenWorld());
});
afterAll(() => hub.close());
beforeEach(() => {
  clearAll();
  loc = `loc-${randomUUID()}`.slice(0, 36);
});

describe('what may be learned', () => {
  test("nobody claims another party's location: the URL's pair must be the sender's", async () => {
    const call: Call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', to: 'DE*MSP' };
    refused(await sent(cpo2, { ...call, rest: `/NL/CPO/${loc}`, body: { id: loc } }), /NL\*CPO/, 2001);
    refused(await sent(emsp, command('START_SESSION', { location_id: loc })), /by location_id/);
  });

  test('a push that its receiver refuses teaches nothing', async () => {
    emsp.answerWith(() => ({ body: Buffer.from('{"status_code":2001,"timestamp":"2026-01-01T00:00:00Z"}') }));
    const put: Call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', to: 'DE*MSP' };
    await sent(cpo, { ...put, rest: `/NL/CPO/${loc}`, body: { id: loc } });
    emsp.clear();
    refused(await sent(emsp, command('START_SESSION', { location_id: loc })), /by location_id/);
  });

  test('the found receiver is checked as a named one is', async () => {
    const gone = await hub.join('gone', [party('NL*GON', 'CPO')]);
    await gone.call({
      ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/NL/GON/${loc}` },
      ...{ to: 'DE*MSP', body: { id: loc } },
    });
    emsp.clear();
    await gone.unregister();
    const start = () => sent(emsp, command('START_SESSION', { location_id: loc }));
    let answer = await start();
    for (let tries = 0; tries < 50 && answer.json().status_code !== 4003; tries++) answer = await start();
    refused(answer, /NL\*GON/, 4003);
  });

  test('the scenario in the message log is open routing, with the found receiver', async () => {
    await pushedLocation(cpo, loc);
    const answer = await sent(emsp, command('START_SESSION', { location_id: loc }));
    const row = await eventually(async () => {
      const text = 'SELECT scenario, to_party FROM messages WHERE correlation_id = $1';
      return (await sql(hub.settings.databaseUrl, text, [answer.correlationId]))[0];
    });
    expect(row).toEqual({ scenario: 'open_routing', to_party: 'NL*CPO' });
  });
});

describe('a push without a receiver that is for everybody', () => {
  test('becomes a broadcast, and shows whose object it is', async () => {
    const worker = await startDelivery({ ...hub.settings, deliveryPort: 0 });
    const body = `{"id":"${loc}", "x":1.00}`;
    const put: Call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', body };
    const answer = await sent(cpo, { ...put, rest: `/NL/CPO/${loc}` });
    expect(answer.json().status_code).toBe(1000);
    expect(answer.headers).toMatchObject({ 'ocpi-from-party-id': 'HUB', 'ocpi-to-party-id': 'CPO' });
    for (const receiver of [emsp, emsp2]) {
      const request = await receiver.waitFor(({ rest }) => rest === `/NL/CPO/${loc}`, 10_000);
      expect(request.body.toString()).toBe(body);
      expect(request.headers).toMatchObject({ 'ocpi-from-party-id': 'HUB' });
    }
    await worker.close();
    const start = await sent(emsp, command('START_SESSION', { location_id: loc }));
    expect(start.headers).toMatchObject({ 'ocpi-from-country-code': 'NL', 'ocpi-from-party-id': 'CPO' });
    await cpo.waitFor(({ rest }) => rest === '/START_SESSION');
  });
});

describe('several routers', () => {
  test('what one learned the other knows, and one that starts later knows it too', async () => {
    // The index is written beside the path, in the order learned: who knows the location knows the token too.
    await pushedToken(emsp2, loc);
    await pushedLocation(cpo, loc);
    for (const router of [await hub.addRouter(), await hub.addRouter()]) {
      const base = router.versionsUrl.replace('versions', '2.2.1');
      await eventually(async () => {
        const body = { response_url: `${emsp.origin}/result`, location_id: loc };
        const answer = await emsp.follow(`${base}/receiver/commands/UNLOCK_CONNECTOR`, 'POST', { body });
        return answer.json().status_code === 1000;
      });
      const answer = await cpo2.follow(`${base}/sender/tokens/${loc}/authorize`, 'POST');
      expect(answer.headers).toMatchObject({ 'ocpi-from-party-id': 'MS2' });
    }
    expect(cpo.received).toHaveLength(2);
    expect(emsp.received).toHaveLength(0);
  });

  test('no uid of a token stands in the database', async () => {
    const uid = randomUUID().toUpperCase();
    await pushedToken(emsp, uid);
    const count = async () =>
      (await sql<{ n: number }>(hub.settings.databaseUrl, 'SELECT count(*)::int AS n FROM object_owners'))[0]!
        .n;
    const before = await count();
    await pushedLocation(cpo, loc);
    await eventually(async () => (await count()) > before || undefined);
    expect(JSON.stringify(await sql(hub.settings.databaseUrl, 'SELECT * FROM object_owners'))).not.toContain(
      uid,
    );
  });
});

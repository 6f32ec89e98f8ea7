/** An invitation that the operator takes back: a platform that was announced, and never registered. */
import { authorizationHeader } from '@app/ocpi';
import { AdminRefused, type TestPlatform } from '@app/testkit';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { eventually, infosAt } from '../support/status';
import { sql } from '../support/store';

let hub: TestHub;
let viewer: JoinedPlatform;
const OWN = party('NL*INV', 'CPO');

beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  await hub.addKeeper();
  viewer = await hub.join('viewer', [party('DE*MSP', 'EMSP')]);
});
afterAll(() => hub.close());

const toldOf = (partyId: string): string[] =>
  infosAt(viewer).flatMap(({ party_id, status }) => (party_id === partyId ? [status] : []));

it('opens nothing any more, its parties may be those of another platform, and everybody is told', async () => {
  const { id, token_a } = await hub.admin.createPlatform('invited', [OWN]);
  await eventually(() => expect(toldOf('INV')).toEqual(['PLANNED']));
  await hub.admin.unregister(id);
  const headers = { Authorization: authorizationHeader(token_a) };
  expect((await viewer.follow(hub.versionsUrl, 'GET', { headers })).httpStatus).toBe(401);
  await eventually(() => expect(toldOf('INV')).toEqual(['PLANNED', 'SUSPENDED']));
  const heir = await hub.join('heir', [OWN]);
  await eventually(() => expect(toldOf('INV')).toEqual(['PLANNED', 'SUSPENDED', 'PLANNED', 'CONNECTED']));
  expect(await hub.admin.show(heir.id)).toMatchObject({ parties: [{ status: 'CONNECTED', held: true }] });
  expect((await hub.admin.show(id)).parties).toEqual([]);
  const reasons = `SELECT reason FROM status_changes WHERE party_id = 'INV' ORDER BY sequence`;
  expect(await sql(hub.settings.databaseUrl, reasons)).toEqual(
    ['announced', 'not_announced', 'announced', 'registered'].map((reason) => ({ reason })),
  );
});

/** A server between the hub and a platform: something happens before a request is passed on, or after. */
async function between(platform: TestPlatform, work: (pass: () => Promise<string>) => Promise<string>) {
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    const passed = { Authorization: headers.authorization ?? '', 'Content-Type': 'application/json' };
    const pass = async (): Promise<string> => {
      const body = method === 'POST' ? await text(request) : undefined;
      const answer = await fetch(`${platform.origin}${url}`, { method, headers: passed, body });
      return answer.text();
    };
    void work(pass).then((answer) => response.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

it.each([
  ['NL*LAT', 'taken back', 'SUSPENDED', (id: string) => hub.admin.unregister(id)],
  ['NL*OLD', 'replaced', 'PLANNED', (id: string) => hub.admin.tokenA(id)],
])('of %s, when %s, registers nobody by a handshake that was under way', async (pair, _, status, end) => {
  const late = await hub.start(pair, [party(pair, 'CPO')]);
  const { id, token_a } = await hub.admin.createPlatform(pair, [party(pair, 'CPO')]);
  const { origin, server } = await between(late, async (pass) => {
    await end(id);
    return pass();
  });
  late.hub.token = token_a;
  const url = late.versionsUrl.replace(late.origin, origin);
  const body = { ...late.credentialsWith(late.tokens.offer()), url };
  const answer = await late.follow(hub.versionsUrl.replace('versions', '2.2.1/credentials'), 'POST', {
    body,
  });
  server.close();
  expect([answer.httpStatus, answer.json().status_code]).toEqual([401, 2000]);
  expect(await hub.admin.show(id)).toMatchObject({ status, parties: [{ status }] });
});

it('registers nobody by a handshake that the hub began either, and the platform is told', async () => {
  const asked = await hub.start('asked', [party('NL*ASK', 'CPO')]);
  const { id } = await hub.admin.createPlatform('asked', [party('NL*ASK', 'CPO')]);
  const tokens: (string | null)[] = [];
  const { origin, server } = await between(asked, async (pass) => {
    const answer = await pass();
    tokens.push(asked.hub.token);
    if (tokens.length === 1) await hub.admin.unregister(id);
    return answer;
  });
  asked.pointElsewhere({ credentials: origin });
  const asking = hub.admin.register(id, asked.versionsUrl, asked.tokens.current);
  const refused = await asking.catch((error: unknown) => error);
  server.close();
  expect(refused).toBeInstanceOf(AdminRefused);
  expect((refused as AdminRefused).answer.json()).toMatchObject({ status: 409, code: 'not_invited' });
  expect(await hub.admin.show(id)).toMatchObject({ status: 'SUSPENDED', parties: [{ held: false }] });
  expect(tokens).toEqual([expect.any(String), null]);
});

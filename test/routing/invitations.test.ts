/** An invitation that the operator takes back: a platform that was announced, and never registered. */
import { authorizationHeader } from '@app/ocpi';
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
  await eventually(() => expect(toldOf('INV')).toEqual(['PLANNED', 'SUSPENDED', 'CONNECTED']));
  expect(await hub.admin.show(heir.id)).toMatchObject({ parties: [{ status: 'CONNECTED', held: true }] });
  expect((await hub.admin.show(id)).parties).toEqual([]);
  const reasons = `SELECT reason FROM status_changes WHERE party_id = 'INV' ORDER BY sequence`;
  expect(await sql(hub.settings.databaseUrl, reasons)).toEqual(
    ['announced', 'not_announced', 'registered'].map((reason) => ({ reason })),
  );
});

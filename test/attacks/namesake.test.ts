/** A pair may be a CPO on one platform and something else on another. Who takes a name later takes no messages with it. */
import { type Party } from '@app/ocpi';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const MODULE = 'nltnm-parking';
const MODULES = [
  { module: 'locations', interfaceRole: 'SENDER' as const },
  { module: MODULE, interfaceRole: 'RECEIVER' as const },
];

let hub: TestHub;
let sender: JoinedPlatform;
let victim: JoinedPlatform;
let thief: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  sender = await hub.join('sender', [party('DE*MSP', 'EMSP')]);
  thief = await hub.join('thief', [party('FR*THF', 'CPO')], { modules: MODULES });
  victim = await hub.join('victim', [party('NL*CPO', 'CPO')], { modules: MODULES });
});
afterAll(() => hub.close());

const THIEF = [party('FR*THF', 'CPO'), party('NL*CPO', 'OTHER')];

it('a module of their own goes to whoever had the name first, whichever of the two registered anew last', async () => {
  // The operator gave the pair's other half to it.
  await hub.admin.announce(thief.id, THIEF);
  await registerAnew(thief, THIEF);
  for (const last of [victim, thief]) {
    await registerAnew(last, last === victim ? [party('NL*CPO', 'CPO')] : THIEF);
    const headers = { 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'CPO' };
    const url = hub.versionsUrl.replace('versions', `2.2.1/receiver/${MODULE}`);
    const answer = await sender.follow(url, 'POST', { body: '{}', headers });
    expect(answer.json().status_code).toBe(1000);
  }
  expect([victim.received.length, thief.received.length]).toEqual([2, 0]);
});

async function registerAnew(platform: JoinedPlatform, parties: readonly Party[]): Promise<void> {
  const roles = parties.map(({ countryCode, partyId, role }) => ({
    ...{ country_code: countryCode, party_id: partyId, role },
    business_details: { name: 'anew' },
  }));
  expect((await platform.update({ roles })).json().status_code).toBe(1000);
}

/** Versions, credentials and hubclientinfo lie between a platform and the hub, and are nobody else's to reach. */
import { INTERFACES } from '@app/ocpi';
import { ALL_MODULES } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let thief: JoinedPlatform;
let victim: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  thief = await hub.join('thief', [party('NL*CPO', 'CPO')]);
  const modules = ['versions', 'Credentials'].map((module) => ({ module, interfaceRole: 'SENDER' }) as const);
  victim = await hub.join('victim', [party('DE*MSP', 'EMSP')], { modules: [...ALL_MODULES, ...modules] });
});
afterAll(() => hub.close());

const TO_VICTIM = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'MSP' };
const targets = ['credentials', 'Credentials', 'versions', 'hubclientinfo'].flatMap((module) =>
  INTERFACES.flatMap((role) =>
    ['', '/', '/DE/MSP', '?x=1'].map((rest) => `${role.toLowerCase()}/${module}${rest}`),
  ),
);

it.each(targets)('%s of another platform is no URL of the hub, with whatever method', async (target) => {
  victim.clear();
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const body = method.startsWith('P') ? thief.credentialsWith('stolen') : undefined;
    const url = hub.versionsUrl.replace('versions', `2.2.1/${target}`);
    const answer = await thief.follow(url, method, { body, headers: TO_VICTIM });
    expect([method, answer.httpStatus, answer.json().status_code]).toEqual([method, 404, 2000]);
    expect(answer.body.toString()).not.toContain('"data"');
  }
  expect([...victim.received, ...victim.configuration.all]).toEqual([]);
});

/**
 * A platform that registers and registers: names, modules and updates cost every other platform a push, and the hub a
 * row. What is too much is refused with the limit and its setting; nothing is changed then, and the others go on.
 */
import { type ModuleInterface } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { refusalOf, rolesNamed } from '../support/registration';
import { eventually, infosAt } from '../support/status';

const LIMITS = {
  PARTY_APPROVAL: 'off',
  MAX_PARTIES_PER_PLATFORM: '3',
  MAX_CUSTOM_MODULES_PER_PLATFORM: '2',
};
const custom = (...modules: string[]): ModuleInterface[] =>
  [...modules, 'locations'].map((module) => ({ module, interfaceRole: 'SENDER' }));

let hub: TestHub;
let observer: JoinedPlatform;
beforeAll(async () => {
  hub = await startHub(LIMITS);
  observer = await hub.join('observer', [party('DE*OBS', 'EMSP')]);
}, 60_000);
afterAll(() => hub.close());

test('a PUT with more parties than the limit is 2001 that names it, and nothing changes', async () => {
  const platform = await hub.join('cpo', [party('NL*AAA', 'CPO')]);
  const before = await hub.admin.ask<object>('GET', `/platforms/${platform.id}`);
  const refused = await refusalOf(platform.update({ roles: rolesNamed('AAA', 'AAB', 'AAC', 'AAD') }));
  expect(refused).toEqual([
    200,
    2001,
    expect.stringMatching(/MAX_PARTIES_PER_PLATFORM.*4 parties.*at most 3/),
  ]);
  // Each handshake is a sign of life, a refused one too.
  const unchanged = { ...before, last_seen: expect.any(String) as string };
  expect(await hub.admin.ask('GET', `/platforms/${platform.id}`)).toEqual(unchanged);
  await platform.update({ roles: rolesNamed('AAA', 'AAB', 'AAC') });
  await expect(observer.update()).resolves.toBeDefined();
  expect(await metric('hub_handshakes_refused_total{reason="parties_limit"}')).toBeGreaterThan(0);
});

test('a platform may register as many parties as the operator announced for it', async () => {
  const names = ['BAA', 'BAB', 'BAC', 'BAD', 'BAE'];
  const platform = await hub.start('cpo', []);
  const planned_parties = names.map((party_id) => ({ country_code: 'NL', party_id, role: 'CPO' }));
  const asked = { name: 'cpo', planned_parties };
  const { token_a } = await hub.admin.ask<{ token_a: string }>('POST', '/platforms', asked);
  platform.hub.token = token_a;
  await platform.hub.discover(hub.versionsUrl, '2.2.1');
  const credentials = platform.credentialsWith(platform.tokens.offer());
  const answer = await platform.hub.credentials('POST', { ...credentials, roles: rolesNamed(...names) });
  expect(answer.json().status_code).toBe(1000);
});

test('PUTs with fresh names each time reach an observer with no more names than twice the limit', async () => {
  await hub.addWorker();
  await hub.addKeeper({ STATUS_HOLD_MS: '0' });
  const platform = await hub.join('cpo', [party('NL*CAA', 'CPO')]);
  const said: unknown[] = [];
  for (const round of ['B', 'C', 'D', 'E', 'F']) {
    const roles = rolesNamed(...['A', 'B', 'C'].map((letter) => `N${round}${letter}`));
    said.push(
      await platform.update({ roles }).then(
        () => 'done',
        () => 'refused',
      ),
    );
  }
  expect(said).toEqual(['done', 'refused', 'refused', 'refused', 'refused']);
  const isIts = (name: string): boolean => /^(CA|N)/.test(name);
  const namesSeen = (): Set<string> =>
    new Set(
      infosAt(observer)
        .map(({ party_id }) => party_id)
        .filter(isIts),
    );
  await eventually(() => expect(namesSeen()).toEqual(new Set(['CAA', 'NBA', 'NBB', 'NBC'])));
});

test('a platform with more custom modules than the limit is not registered, and is told why', async () => {
  const registering = hub.join('cpo', [party('NL*DAA', 'CPO')], { modules: custom('a', 'b', 'c') });
  expect(await refusalOf(registering)).toEqual([
    ...[200, 2001],
    expect.stringMatching(/MAX_CUSTOM_MODULES_PER_PLATFORM.*3 custom modules.*at most 2/),
  ]);
  await hub.join('other', [party('NL*DAB', 'CPO')], { modules: custom('a', 'b') });
});

test('more PUTs than are allowed within an hour are refused with when to come again; the token of the last one works', async () => {
  const router = await hub.addRouter({ MAX_CREDENTIALS_UPDATES_PER_HOUR_PER_PLATFORM: '2' });
  const platform = await hub.join('cpo', [party('NL*EAA', 'CPO')]);
  await platform.hub.discover(router.versionsUrl, '2.2.1');
  await platform.update();
  await platform.update();
  expect(await refusalOf(platform.update())).toEqual([
    ...[200, 2001],
    expect.stringMatching(/MAX_CREDENTIALS_UPDATES_PER_HOUR_PER_PLATFORM.*in 3[56]\d\d s/),
  ]);
  expect((await platform.credentials()).json().status_code).toBe(1000);
  await hub.admin.ask('POST', `/platforms/${platform.id}/rotate-token`);
});

test('a platform that is above a limit that comes later keeps what it has, and may not have more', async () => {
  const strict = await hub.addRouter({ MAX_PARTIES_PER_PLATFORM: '1', MAX_CUSTOM_MODULES_PER_PLATFORM: '0' });
  const roles = [party('NL*FAA', 'CPO'), party('NL*FAB', 'CPO')];
  const platform = await hub.join('cpo', roles, { modules: custom('a', 'b') });
  await platform.hub.discover(strict.versionsUrl, '2.2.1');
  await platform.update();
  const more = await refusalOf(platform.update({ roles: rolesNamed('FAA', 'FAB', 'FAC') }));
  expect(more).toEqual([200, 2001, expect.stringContaining('MAX_PARTIES_PER_PLATFORM')]);
});

async function metric(line: string): Promise<number> {
  const page = await (await fetch(`${hub.settings.publicUrl}/metrics`)).text();
  return Number(
    page
      .split('\n')
      .find((each) => each.startsWith(line))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

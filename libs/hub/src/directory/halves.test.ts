import { callerRoles, type InterfaceRole, moduleRow, partyKey, type Role } from '@app/ocpi';
import { Directory } from './directory';
import { mayActAs, pairsActingAs } from './halves';
import { platform } from './platforms.fixture';

const PAIR = { countryCode: 'NL', partyId: 'VIC' };
const CPO: readonly Role[] = ['CPO'];
const PROVIDERS: readonly Role[] = ['EMSP', 'NSP', 'NAP', 'SCSP', 'OTHER'];

/** Whether platform `a`, which has these parties, may act in the name of NL*VIC where one of the roles acts. */
function may(own: readonly string[], others: readonly string[], roles: readonly Role[]): boolean {
  const directory = new Directory();
  const rest = others.map((party, n) => platform(`other-${n}`, { parties: [party] }));
  directory.reloaded([platform('a', { parties: own }), ...rest]);
  return mayActAs(directory.platform('a')!, PAIR, roles, directory);
}

test('a platform acts for the half of a pair that it holds, whoever has the other half', () => {
  expect(may(['NL*VIC/CPO'], ['NL*VIC/EMSP'], CPO)).toBe(true);
  for (const role of PROVIDERS) expect(may([`NL*VIC/${role}`], ['NL*VIC/CPO'], PROVIDERS)).toBe(true);
});

test.each(PROVIDERS)(
  'a platform that holds a pair as %s does not act for the CPO of another platform',
  (role) => {
    expect(may([`NL*VIC/${role}`], ['NL*VIC/CPO'], CPO)).toBe(false);
    expect(may([`NL*VIC/CPO`], [`NL*VIC/${role}`], PROVIDERS)).toBe(false);
  },
);

test('what the other platform gave up it may come back for: it is acted for by no other', () => {
  expect(may(['NL*VIC/EMSP'], ['NL*VIC/CPO-'], CPO)).toBe(false);
});

test('a pair that no other platform lists is served in every role', () => {
  expect(may(['NL*VIC/EMSP'], ['NL*VID/CPO', 'DE*VIC/CPO'], CPO)).toBe(true);
});

test('a platform that holds both halves acts for both', () => {
  expect(may(['NL*VIC/EMSP', 'NL*VIC/CPO'], [], CPO)).toBe(true);
  expect(may(['NL*VIC/EMSP', 'NL*VIC/CPO'], ['NL*VIC/OTHER-'], PROVIDERS)).toBe(true);
});

test('a pair that the platform gave up, or never had, is not acted for', () => {
  expect(may(['NL*VIC/CPO-'], [], CPO)).toBe(false);
  expect(may(['NL*VIC/CPO-', 'NL*VIC/EMSP'], ['NL*VIC/CPO'], CPO)).toBe(false);
  expect(may(['NL*ABC/CPO'], [], CPO)).toBe(false);
});

test('a NAP pushes locations and tariffs, but not beside a CPO that another platform holds under its pair', () => {
  const callers = callerRoles(moduleRow('locations'), 'RECEIVER')!;
  expect(may(['NL*VIC/NAP'], [], callers)).toBe(true);
  expect(may(['NL*VIC/NAP'], ['NL*ABC/CPO'], callers)).toBe(true);
  expect(may(['NL*VIC/NAP'], ['NL*VIC/CPO'], callers)).toBe(false);
  expect(may(['NL*VIC/EMSP'], ['NL*VIC/CPO'], callers)).toBe(false);
});

test('of a NAP beside a CPO that another platform holds no list is asked for locations', () => {
  const directory = new Directory();
  directory.reloaded([
    platform('nap', { parties: ['NL*VIC/NAP', 'NL*NAP/NAP'] }),
    platform('cpo', { parties: ['NL*VIC/CPO'] }),
  ]);
  const roles = moduleRow('locations')!.interfaces.SENDER.roles;
  const names = (id: string) => pairsActingAs(directory.platform(id)!, roles, directory).map(partyKey);
  expect([names('nap'), names('cpo')]).toEqual([['NL*NAP'], ['NL*VIC']]);
});

test.each<[string, InterfaceRole, string]>([
  ['locations', 'RECEIVER', 'CPO NAP'],
  ['tariffs', 'RECEIVER', 'CPO NAP'],
  ['sessions', 'RECEIVER', 'CPO'],
  ['cdrs', 'RECEIVER', 'CPO'],
  ['tokens', 'SENDER', 'CPO'],
  ['commands', 'SENDER', 'CPO'],
  ['chargingprofiles', 'SENDER', 'CPO'],
  ['tokens', 'RECEIVER', PROVIDERS.join(' ')],
  ['commands', 'RECEIVER', PROVIDERS.join(' ')],
  ['chargingprofiles', 'RECEIVER', PROVIDERS.join(' ')],
  ['locations', 'SENDER', PROVIDERS.join(' ')],
  ['sessions', 'SENDER', PROVIDERS.join(' ')],
  ['cdrs', 'SENDER', PROVIDERS.join(' ')],
])('%s %s is called by %s', (module, interfaceRole, roles) => {
  expect(callerRoles(moduleRow(module), interfaceRole)).toEqual(roles.split(' '));
});

import { type Party, type Role, ROLES } from '@app/ocpi';
import { type Claimant, type ClaimVerdict, judgeClaim, type PairHolder } from './claims';

const PROVIDERS = ROLES.filter((role) => role !== 'CPO' && role !== 'HUB');
const claim = (role: Role): Party => ({ countryCode: 'NL', partyId: 'VIC', role });
const holder = (platformId: string, role: Role, held = true): PairHolder => ({ platformId, role, held });

/** What becomes of the claim of platform `a`, which is not announced; approval is on. */
function judged(role: Role, holders: readonly PairHolder[], more: Partial<Claimant> = {}): ClaimVerdict {
  return judgeClaim(claim(role), { platformId: 'a', announced: false, approval: true, ...more }, holders);
}

test('what nobody has waits for the operator, unless he announced it or approves nothing', () => {
  expect(judged('CPO', [])).toBe('waiting');
  expect(judged('CPO', [], { announced: true })).toBe('held');
  expect(judged('CPO', [], { approval: false })).toBe('held');
});

test.each(PROVIDERS.flatMap((held) => PROVIDERS.map((role) => [held, role] as const)))(
  'a pair that is %s on another platform cannot be claimed as %s, announced or not',
  (held, role) => {
    for (const more of [{}, { announced: true }, { approval: false }])
      expect(judged(role, [holder('b', held)], more)).toBe('taken');
  },
);

test.each(PROVIDERS)(
  'the CPO half of a pair that is %s on another platform is for the operator to give',
  (role) => {
    expect(judged('CPO', [holder('b', role)])).toBe('waiting');
    expect(judged(role, [holder('b', 'CPO')])).toBe('waiting');
    expect(judged('CPO', [holder('b', role)], { approval: false })).toBe('waiting');
    expect(judged('CPO', [holder('b', role)], { announced: true })).toBe('held');
  },
);

test('what was approved once stays approved, also when the operator gave the other half away since', () => {
  expect(judged('EMSP', [holder('a', 'EMSP'), holder('b', 'CPO')])).toBe('held');
});

test('what the platform gave up comes back to it, as long as no other platform has the pair', () => {
  expect(judged('EMSP', [holder('a', 'EMSP', false)])).toBe('held');
  expect(judged('EMSP', [holder('a', 'EMSP', false), holder('b', 'CPO', false)])).toBe('waiting');
  expect(judged('OTHER', [holder('a', 'EMSP', false)])).toBe('waiting');
});

test('one more role of a pair that the platform has waits, too', () => {
  expect(judged('NAP', [holder('a', 'EMSP')])).toBe('waiting');
});

test('what another platform gave up is free, and waits', () => {
  expect(judged('EMSP', [holder('b', 'EMSP', false)])).toBe('waiting');
  expect(judged('EMSP', [holder('b', 'EMSP', false)], { approval: false })).toBe('held');
});

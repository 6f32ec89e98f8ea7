import { type Role } from '@app/ocpi';
import fc from 'fast-check';
import { type Agreement } from './agreement';
import { AgreementBook, type Exchange } from './agreement-book';
import { type Side } from './side';

const now = new Date('2026-05-01T00:00:00Z');
const cpo = { countryCode: 'NL', partyId: 'CPO' };
const msp = { countryCode: 'DE', partyId: 'MSP' };
const exchange: Exchange = {
  from: { party: cpo, roles: ['CPO'] },
  to: { party: msp, roles: ['EMSP'] },
  module: 'cdrs',
};
const back: Exchange = { from: exchange.to, to: exchange.from, module: 'cdrs' };

const agreement = (changes: Partial<Agreement> = {}): Agreement => ({
  id: '1',
  from: cpo,
  to: msp,
  modules: ['*'],
  effect: 'allow',
  bothWays: true,
  validFrom: null,
  validUntil: null,
  note: null,
  ...changes,
});
const allowed = (agreements: readonly Agreement[], asked = exchange, fallback: 'allow' | 'deny' = 'deny') =>
  new AgreementBook(agreements, fallback).allows(asked, now);

describe('agreements', () => {
  it('leave the default of the hub where none matches', () => {
    expect(allowed([], exchange, 'allow')).toBe(true);
    expect(allowed([], exchange, 'deny')).toBe(false);
    expect(allowed([agreement({ modules: ['tariffs'] })], exchange, 'allow')).toBe(true);
  });

  it('hold in both directions unless they say otherwise', () => {
    expect([allowed([agreement()]), allowed([agreement()], back)]).toEqual([true, true]);
    const oneWay = [agreement({ bothWays: false })];
    expect([allowed(oneWay), allowed(oneWay, back)]).toEqual([true, false]);
  });

  it('hold from valid_from, inclusive, until valid_until, exclusive', () => {
    expect(allowed([agreement({ validFrom: now })])).toBe(true);
    expect(allowed([agreement({ validFrom: new Date(now.getTime() + 1) })])).toBe(false);
    expect(allowed([agreement({ validUntil: now })])).toBe(false);
  });

  it('can name one role of a pair that has two', () => {
    expect(allowed([agreement({ from: { ...cpo, role: 'EMSP' } })])).toBe(false);
    expect(allowed([agreement({ from: { ...cpo, role: 'CPO' } })])).toBe(true);
  });

  it('let a matching deny win over every matching allow, in whatever order and however broad', () => {
    const side = fc.constantFrom<Side>(
      '*',
      cpo,
      msp,
      { ...cpo, role: 'CPO' as Role },
      { ...msp, role: 'NSP' as Role },
    );
    const effect = fc.constantFrom<'allow' | 'deny'>('allow', 'deny');
    const any = fc
      .record({ from: side, to: side, effect, bothWays: fc.boolean() })
      .map((changes) => agreement(changes));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), effect, (rules, fallback) => {
        const applies = (rule: Agreement, from: Side, to: Side): boolean =>
          sideMatches(from, exchange.from) && sideMatches(to, exchange.to) && rule.modules.includes('*');
        const effects = rules
          .filter((r) => applies(r, r.from, r.to) || (r.bothWays && applies(r, r.to, r.from)))
          .map((r) => r.effect);
        const expected = effects.length === 0 ? fallback === 'allow' : !effects.includes('deny');
        expect(allowed(rules, exchange, fallback)).toBe(expected);
      }),
    );
  });
});

function sideMatches(side: Side, who: Exchange['from']): boolean {
  if (side === '*') return true;
  const samePair = side.countryCode === who.party.countryCode && side.partyId === who.party.partyId;
  return samePair && (side.role === undefined || who.roles.includes(side.role));
}

import fc from 'fast-check';
import { requiredMembers, withMembers, withMembersInData } from './required-members';

const ROW = requiredMembers('2.2.1', 'cdrs')!;
const PARTY = { countryCode: 'DE', partyId: 'MSP' };
const filled = (text: string): string | undefined => withMembers(Buffer.from(text), ROW, PARTY)?.toString();

describe('members that a version requires', () => {
  it.each([
    [
      '{"cdr_token":{"uid":"1"} ,"x":1.00}',
      '{"cdr_token":{"uid":"1","country_code":"DE","party_id":"MSP"} ,"x":1.00}',
    ],
    ['{"cdr_token":{"country_code":"FR"}}', '{"cdr_token":{"country_code":"FR","party_id":"MSP"}}'],
    ['{"cdr_token":{ }}', '{"cdr_token":{ "country_code":"DE","party_id":"MSP"}}'],
  ])('%s becomes %s', (before, after) => expect(filled(before)).toBe(after));

  it.each([
    '{"cdr_token":{"country_code":"FR","party_id":"QQQ"}}',
    '{"cdr_token":null}',
    '{"id":"1"}',
    '{"cdr_token":',
    '[{"cdr_token":{}}]',
  ])('%s is left as it is', (text) => expect(filled(text)).toBeUndefined());

  it('are for 2.2.1 alone, in CDRs and sessions', () => {
    expect(requiredMembers('2.2', 'cdrs')).toBeUndefined();
    expect(requiredMembers('2.2.1', 'tokens')).toBeUndefined();
    expect(requiredMembers(null, 'sessions')).toBeUndefined();
  });

  it('are added to each object of a list, or to the one object', () => {
    const list = '{"data":[{"cdr_token":{"uid":"1"}}, {"id":"2"}],"status_code":1000}';
    expect(withMembersInData(Buffer.from(list), ROW, PARTY)?.toString()).toBe(
      '{"data":[{"cdr_token":{"uid":"1","country_code":"DE","party_id":"MSP"}}, {"id":"2"}],"status_code":1000}',
    );
    const one = withMembersInData(Buffer.from('{"data":{"cdr_token":{}}}'), ROW, PARTY);
    expect(one?.toString()).toBe('{"data":{"cdr_token":{"country_code":"DE","party_id":"MSP"}}}');
  });

  it('change nothing else of any object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.jsonValue(),
        ),
        fc.jsonValue(),
        (token, more) => {
          const names = { country_code: 'FR', party_id: 'ABC' };
          const object = { more, cdr_token: token };
          const after = JSON.parse(filled(JSON.stringify(object)) ?? JSON.stringify(object)) as typeof object;
          const wanted = { country_code: 'DE', party_id: 'MSP', ...token };
          expect(after).toEqual(JSON.parse(JSON.stringify({ more, cdr_token: wanted })));
          expect(filled(JSON.stringify({ more, cdr_token: { ...token, ...names } }))).toBeUndefined();
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { authorizationHeader, presentedTokens } from './token';

const token = fc.stringMatching(/^[\x21-\x7e]{1,64}$/);

describe('presentedTokens', () => {
  it('finds the token that was presented as the specification says, Base64, first', () => {
    fc.assert(fc.property(token, (t) => presentedTokens(authorizationHeader(t))[0] === t));
  });

  it('also finds a token that a 2.2 system presents without encoding', () => {
    fc.assert(fc.property(token, (t) => presentedTokens(`Token ${t}`).includes(t)));
  });

  it('forgives the line feed that `echo token | base64` adds', () => {
    expect(presentedTokens('Token ZXhhbXBsZS10b2tlbgo=')).toContain('example-token');
  });

  it.each([undefined, '', 'Token', 'Token ', 'Bearer abc', 'Token a b', `Token ${'x'.repeat(65)}`])(
    'finds nothing to go by in %p',
    (header) => expect(presentedTokens(header)).toEqual([]),
  );
});

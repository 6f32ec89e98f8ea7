import fc from 'fast-check';
import { excerptOf, MAX_EXCERPT_CHARACTERS, printable } from './excerpt';

describe('an excerpt of an answer', () => {
  it('is one line of at most 200 printable characters, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6_000 }), (body) => {
        const shown = excerptOf(body);
        expect(shown.length).toBeLessThanOrEqual(MAX_EXCERPT_CHARACTERS);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f]/);
      }),
    );
  });

  it('shows what a framework says in its own form', () => {
    expect(excerptOf(Buffer.from('{"detail":\r\n "Not  authenticated"}'))).toBe(
      '{"detail": "Not authenticated"}',
    );
  });

  it.each([
    '{"token":"s3cret","url":"https://x"}',
    '{"status_code":1000,"data":{"TOKEN" : "s3cret"}}',
    '{"access_token":"s3cret',
    '{"Authorization":"Token s3cret"}',
    '{"token":"s3\\"cret"}',
  ])('shows no token: %s', (body) => {
    expect(excerptOf(Buffer.from(body))).not.toMatch(/s3|cret"/);
  });

  it('keeps letters of every language', () =>
    expect(printable('Schlüssel ungültig: 無効')).toBe('Schlüssel ungültig: 無効'));
});

import { randomBytes } from 'node:crypto';
import { sealWith } from './seal';

describe('the seal of peers’ tokens', () => {
  const seal = sealWith(randomBytes(32));

  test('opens what it closed, for the same platform only', () => {
    const sealed = seal.close('tökén', 'platform-1');
    expect(seal.open(sealed, 'platform-1')).toBe('tökén');
    expect(() => seal.open(sealed, 'platform-2')).toThrow();
    expect(() => sealWith(randomBytes(32)).open(sealed, 'platform-1')).toThrow();
  });

  test('closes one token differently each time', () => {
    expect(seal.close('token', 'p').equals(seal.close('token', 'p'))).toBe(false);
  });

  test('opens with older keys too, and closes with the current one alone', () => {
    const [key, older] = [randomBytes(32), randomBytes(32)];
    const both = sealWith(key, [randomBytes(32), older]);
    expect(both.open(sealWith(older).close('token', 'p'), 'p')).toBe('token');
    expect(sealWith(key).open(both.close('token', 'p'), 'p')).toBe('token');
    expect(() => sealWith(older).open(both.close('token', 'p'), 'p')).toThrow();
  });

  test('renews what an older key sealed, and nothing else', () => {
    const [key, older] = [randomBytes(32), randomBytes(32)];
    const both = sealWith(key, [older]);
    const renewed = both.renew(sealWith(older).close('token', 'p'), 'p');
    expect(sealWith(key).open(renewed!, 'p')).toBe('token');
    expect(both.renew(renewed!, 'p')).toBeNull();
    expect(() => both.renew(renewed!, 'q')).toThrow();
  });

  test('notices every changed bit', () => {
    const sealed = seal.close('token', 'p');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => seal.open(changed, 'p')).toThrow();
    }
  });

  test.each([0, 3, 20])('refuses what is cut to %d bytes', (length) => {
    expect(() => seal.open(seal.close('token', 'p').subarray(0, length), 'p')).toThrow();
  });

  test.each([0, 16, 31, 33])('does not take a key of %d bytes', (length) => {
    expect(() => sealWith(randomBytes(length))).toThrow(RangeError);
    expect(() => sealWith(randomBytes(32), [randomBytes(length)])).toThrow(RangeError);
  });
});

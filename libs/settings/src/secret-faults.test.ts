import { randomBytes } from 'node:crypto';
import { readGivenSettings, readSettings, SettingsError } from '.';

const GOOD = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/hub',
  ADMIN_API_KEY: randomBytes(24).toString('hex'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readGivenSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');
const counted = Array.from({ length: 32 }, (_, at) => at);

describe('in production', () => {
  it.each([
    ['a repeated byte', 'ab'.repeat(32)],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['a repeated piece', '0123456789abcdef'.repeat(4)],
    ['bytes that count up', hex(counted)],
    ['bytes that count down', hex([...counted].reverse())],
    ['a few bytes in some order', hex(counted.map((at) => (at * at * 7) % 11))],
  ])('%s are no ENCRYPTION_KEY, and the fault does not repeat them', (_, key) => {
    const faults = faultsOf({ ...GOOD, ENCRYPTION_KEY: key });
    expect(faults).toEqual([expect.stringMatching(/^ENCRYPTION_KEY must be random bytes/)]);
    expect(faults.join()).not.toContain(key);
    expect(faultsOf({ ...GOOD, NODE_ENV: 'development', ENCRYPTION_KEY: key })).toEqual([]);
  });

  it.each([
    'a-short-key',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'admin-keyadmin-keyadmin-key',
    'abcdefghijklmnopqrstuvwxyz',
    '1122112212112212',
    'change-me-before-you-start',
    'CHANGEME-CHANGEME-CHANGEME-1',
    '$(openssl rand -hex 24)',
    '<the key of the operator>',
    'the-example-admin-key-1',
  ])('%s is no ADMIN_API_KEY, and the fault does not repeat it', (key) => {
    const faults = faultsOf({ ...GOOD, ADMIN_API_KEY: key });
    expect(faults).toEqual([expect.stringMatching(/^ADMIN_API_KEY must /)]);
    expect(faults.join()).not.toContain(key);
    expect(faultsOf({ ...GOOD, NODE_ENV: '', ADMIN_API_KEY: key })).toEqual([]);
  });

  it('takes whatever the commands of the README make', () => {
    for (let times = 0; times < 500; times++) {
      const ADMIN_API_KEY = randomBytes(24).toString('hex');
      const ENCRYPTION_KEY = randomBytes(32).toString(times % 2 ? 'hex' : 'base64');
      expect(readSettings({ ...GOOD, ADMIN_API_KEY, ENCRYPTION_KEY }).adminApiKey).toBe(ADMIN_API_KEY);
    }
  });

  it('a weak key still opens what it sealed: as a previous one it is taken', () => {
    expect(faultsOf({ ...GOOD, ENCRYPTION_KEYS_PREVIOUS: 'ab'.repeat(32) })).toEqual([]);
  });

  it('each key that is missing is named, and none is made up', () => {
    const { NODE_ENV, DATABASE_URL } = GOOD;
    const names = faultsOf({ NODE_ENV, DATABASE_URL }).map((fault) => fault.split(' is ')[0]);
    expect(names).toEqual(['ADMIN_API_KEY', 'ENCRYPTION_KEY']);
  });
});

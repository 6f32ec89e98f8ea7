import { describeSettings, readGivenSettings, readSettings, rows, settingsMarkdown, SettingsError } from '.';

const HEX_KEY = '0f'.repeat(32);
const REQUIRED = {
  DATABASE_URL: 'postgres://hub:s3cret-word@db:5432/hub',
  ADMIN_API_KEY: 'an-admin-key-of-some-length',
  ENCRYPTION_KEY: HEX_KEY,
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('readSettings', () => {
  it('needs nothing but the database and the two keys', () => {
    const settings = readSettings(REQUIRED);
    expect(settings).toMatchObject({
      ocpiPort: 3000,
      publicUrl: 'http://localhost:3000',
      maxBodyBytes: 4 * 1024 * 1024,
      hubCountryCode: 'DE',
      allowPrivateNetworks: false,
    });
    expect(settings.redisUrl).toBeUndefined();
    expect(settings.encryptionKey).toEqual(Buffer.from(HEX_KEY, 'hex'));
  });

  it('lists all faults in one message, with the variable, the bad value and what is allowed', () => {
    const bad = {
      ...REQUIRED,
      OCPI_PORT: '70000',
      LOG_LEVEL: 'loud',
      ALLOW_PRIVATE_NETWORKS: 'yes',
      HUB_PARTY_ID: 'HUBS',
    };
    expect(faultsOf(bad)).toEqual([
      'OCPI_PORT="70000" must be a whole number from 0 to 65535',
      'HUB_PARTY_ID="HUBS" must be three letters or digits',
      'ALLOW_PRIVATE_NETWORKS="yes" must be true or false',
      'LOG_LEVEL="loud" must be one of fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  it('takes a PUBLIC_URL of 210 characters, and no longer: what is handed out stands on it', () => {
    const url = `https://${'h'.repeat(202)}`;
    expect(readSettings({ ...REQUIRED, PUBLIC_URL: `${url}/` }).publicUrl).toBe(url);
    expect(faultsOf({ ...REQUIRED, PUBLIC_URL: `${url}h` })[0]).toContain('at most 210 characters');
  });

  it('never repeats the bad value of a secret', () => {
    const production = { NODE_ENV: 'production', ADMIN_API_KEY: 'hush' };
    const bad = { ...production, DATABASE_URL: 'mysql://u:hush@h/d', ENCRYPTION_KEY: 'hush' };
    const faults = faultsOf(bad);
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hush');
  });

  it('names each of the three that are missing, and takes empty for missing', () => {
    const names = faultsOf({ DATABASE_URL: ' ' }).map((fault) => fault.split(' ')[0]);
    expect(names).toEqual(['DATABASE_URL', 'ADMIN_API_KEY', 'ENCRYPTION_KEY']);
  });

  it('lets an explicit FORWARD_TIMEOUT_MS cap the command and authorize timeouts', () => {
    const capped = readSettings({ ...REQUIRED, FORWARD_TIMEOUT_MS: '2000', COMMAND_TIMEOUT_MS: '9000' });
    expect([capped.commandTimeoutMs, capped.authorizeTimeoutMs]).toEqual([2000, 2000]);
    const wide = readSettings({ ...REQUIRED, FORWARD_TIMEOUT_MS: '60000' });
    expect([wide.commandTimeoutMs, wide.authorizeTimeoutMs]).toEqual([10_000, 3000]);
  });

  it('does not let the default of FORWARD_TIMEOUT_MS cap an explicit longer command timeout', () => {
    expect(readSettings({ ...REQUIRED, COMMAND_TIMEOUT_MS: '45000' }).commandTimeoutMs).toBe(45_000);
  });

  it.each(['https://hub.example/', 'https://hub.example'])(
    'takes %s as public URL without a slash at its end',
    (url) => {
      expect(readSettings({ ...REQUIRED, PUBLIC_URL: url }).publicUrl).toBe('https://hub.example');
    },
  );

  it.each([
    'ftp://hub.example',
    'hub.example',
    'https://u:p@hub.example',
    'https://hub.example/?a=1',
    'https://',
  ])('refuses %s as public URL', (url) => {
    expect(faultsOf({ ...REQUIRED, PUBLIC_URL: url })).toHaveLength(1);
  });

  it('does not repeat the credentials of a URL that it refuses because of them', () => {
    const [fault] = faultsOf({ ...REQUIRED, PUBLIC_URL: 'https://user:p@ss@hub.example' });
    expect(fault).toMatch(/^PUBLIC_URL="https:\/\/\*\*\*@hub\.example" must be .* without credentials/);
  });

  it.each([
    HEX_KEY,
    HEX_KEY.toUpperCase(),
    Buffer.from(HEX_KEY, 'hex').toString('base64'),
    Buffer.from(HEX_KEY, 'hex').toString('base64url'),
  ])('reads one and the same key from %s', (text) => {
    expect(readSettings({ ...REQUIRED, ENCRYPTION_KEY: text }).encryptionKey.toString('hex')).toBe(HEX_KEY);
  });

  it('reads the older keys in either form, none of them by default, and repeats no bad one', () => {
    const base64 = Buffer.alloc(32, 7).toString('base64');
    const given = { ...REQUIRED, ENCRYPTION_KEYS_PREVIOUS: `${HEX_KEY}, ${base64}` };
    expect(readSettings(given).encryptionKeysPrevious).toEqual([
      Buffer.from(HEX_KEY, 'hex'),
      Buffer.alloc(32, 7),
    ]);
    expect(readSettings(REQUIRED).encryptionKeysPrevious).toEqual([]);
    const [fault] = faultsOf({ ...REQUIRED, ENCRYPTION_KEYS_PREVIOUS: `${HEX_KEY},hush` });
    expect(fault).toMatch(/^ENCRYPTION_KEYS_PREVIOUS must be at most 10 keys/);
    expect(fault).not.toContain('hush');
  });

  it.each(['1e3', '0x10', '-1', '1.0', '30 s', '0'])('refuses %s as a timeout', (text) => {
    expect(faultsOf({ ...REQUIRED, FORWARD_TIMEOUT_MS: text })).toHaveLength(1);
  });
});

describe('readGivenSettings', () => {
  it('leaves open what npm start makes itself', () => {
    expect(readGivenSettings({})).toMatchObject({
      dataDir: '.data',
      databaseUrl: undefined,
      adminApiKey: undefined,
    });
  });

  it('requires database and keys in production', () => {
    expect(() => readGivenSettings({ NODE_ENV: 'production' })).toThrow(
      /DATABASE_URL[^]*ADMIN_API_KEY[^]*ENCRYPTION_KEY/,
    );
  });
});

describe('what is shown', () => {
  it('masks every secret in the start log and leaves hosts readable', () => {
    const shown = describeSettings(
      readSettings({ ...REQUIRED, REDIS_URL: 'rediss://:hush@cache:6379/0?password=hush' }),
    );
    expect(shown).toMatchObject({
      DATABASE_URL: 'postgres://****@db:5432/hub',
      REDIS_URL: 'rediss://****@cache:6379/0',
      ADMIN_API_KEY: '****',
      ENCRYPTION_KEY: '****',
      ENCRYPTION_KEYS_PREVIOUS: '(not set)',
      TRUSTED_PROXIES: '(not set)',
      OCPI_PORT: '3000',
    });
    expect(JSON.stringify(shown)).not.toMatch(/s3cret-word|hush|an-admin-key/);
  });

  it('has one row a setting, and each key is the camelCase of its variable', () => {
    const lines = settingsMarkdown().split('\n').slice(2);
    expect(lines).toHaveLength(Object.keys(rows).length);
    for (const [name, row] of Object.entries(rows)) {
      const camel = row.env.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      expect(name).toBe(camel);
      expect(lines.some((line) => line.startsWith(`| \`${row.env}\` |`))).toBe(true);
    }
  });

  it('has a default that its own parser accepts in every row that has one', () => {
    for (const row of Object.values(rows)) {
      if (row.fallback !== undefined) expect(() => row.kind.parse(row.fallback ?? '')).not.toThrow();
    }
  });
});

describe('TLS', () => {
  const PAIR = { TLS_CERTIFICATE_FILE: '/tls/c.pem', TLS_KEY_FILE: '/tls/k.pem' };

  it('makes the default public URL an https one', () => {
    expect(readSettings({ ...REQUIRED, ...PAIR }).publicUrl).toBe('https://localhost:3000');
  });

  it.each<[string, Record<string, string>]>([
    ['set together', { TLS_CERTIFICATE_FILE: '/tls/c.pem' }],
    ['set together', { TLS_KEY_FILE: '/tls/k.pem' }],
    ['TLS_CLIENT_CA_FILE needs', { TLS_CLIENT_CA_FILE: '/tls/ca.pem' }],
    ['PUBLIC_URL must be an https:// URL', { ...PAIR, PUBLIC_URL: 'http://hub.example' }],
  ])('is refused: %s %j', (fault, env) => {
    expect(faultsOf({ ...REQUIRED, ...env })).toEqual([expect.stringContaining(fault)]);
  });
});

import { auditable } from './masked';

test('secrets are masked wherever they stand, and nothing else', () => {
  const given = {
    name: 'Volt',
    token_a: 'secret-1',
    peer: { api_key: 'secret-2', Authorization: 'Token secret-3', url: 'https://x.example/' },
    list: [{ client_private_key: 'secret-4' }, { pem: '-----BEGIN EC PRIVATE KEY-----\nsecret-5' }],
    tokens: ['secret-6'],
    ...{ key: 'secret-7', encryption_key: 'secret-8', password: 'secret-9', passphrase: 'secret-10' },
    ...{ token_grace_seconds: 600, has_token: true, token: null, keyword: 'seen', modules: ['tokens'] },
  };
  const kept = auditable(given);
  expect(JSON.stringify(kept)).not.toContain('secret-');
  expect(kept).toEqual({
    name: 'Volt',
    token_a: '***',
    peer: { api_key: '***', Authorization: '***', url: 'https://x.example/' },
    list: [{ client_private_key: '***' }, { pem: '***' }],
    tokens: '***',
    ...{ key: '***', encryption_key: '***', password: '***', passphrase: '***' },
    ...{ token_grace_seconds: 600, has_token: true, token: null, keyword: 'seen', modules: ['tokens'] },
  });
});

test('what is larger than 256 KiB is told by its size and hash', () => {
  expect(auditable({ rows: 'x'.repeat(256 * 1024) })).toEqual({
    left_out: { bytes: 256 * 1024 + 11, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(auditable({ rows: 'x'.repeat(256 * 1024 - 11) })).toHaveProperty('rows');
  expect(auditable(null)).toBeNull();
});

import { parseCredentials } from './credentials-object';

/** Credentials with so many bytes in all. */
function credentials(bytes: number): Buffer {
  const role = { role: 'CPO', country_code: 'NL', party_id: 'CPO' };
  const text = (name: string): string =>
    JSON.stringify({
      ...{ token: 'a-token-of-a-peer', url: 'https://cpo.example/versions' },
      roles: [{ ...role, business_details: { name } }],
    });
  return Buffer.from(text('x'.repeat(bytes - text('').length)));
}

test('credentials of 512 KiB are read, and a byte more is refused with the limit', () => {
  const most = 512 * 1024;
  expect(parseCredentials(credentials(most)).parties).toHaveLength(1);
  const refused = expect.objectContaining({ code: 'credentials_malformed' });
  expect(() => parseCredentials(credentials(most + 1))).toThrow(refused);
  expect(() => parseCredentials(credentials(most + 1))).toThrow(String(most));
});

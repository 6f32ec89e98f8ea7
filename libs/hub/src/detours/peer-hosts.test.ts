import { PlatformEntry } from '../directory';
import { type PlatformRecord } from '../ports';
import { destinationOf, isHostName, isOwn } from './peer-hosts';

const platform = new PlatformEntry({
  versionsUrl: 'https://ocpi.cpo.example/versions',
  endpoints: [{ module: 'cdrs', interfaceRole: 'SENDER', url: 'http://127.0.0.1:8080/cdrs' }],
  allowedHosts: ['pages.example', 'other.example:8443', '[2001:db8::1]:443'],
  ...{ parties: [], issuedTokens: [], peerToken: null },
} as unknown as PlatformRecord);

const own = (url: string): boolean => {
  const destination = destinationOf(url);
  return destination !== undefined && isOwn(platform, destination);
};

test.each([
  'https://ocpi.cpo.example',
  'HTTPS://OCPI.cpo.example:443/x',
  'https://ocpi.cpo.example?x',
  'http://127.0.0.1:8080/x',
  'http://0x7f.1:8080/x',
  'https://pages.example/x',
  'https://other.example:8443/x',
  'https://[2001:DB8:0::1]/x',
])('%s is on a host of the platform', (url) => {
  expect(own(url)).toBe(true);
});

test.each([
  'http://ocpi.cpo.example/x',
  'http://ocpi.cpo.example:443/x',
  'https://ocpi.cpo.example:8443/x',
  'https://cpo.example/x',
  'https://ocpi.cpo.example.evil.example/x',
  'https://ocpi.cpo.example@evil.example/x',
  'https://evil.example\\@ocpi.cpo.example/x',
  'https://user@ocpi.cpo.example/x',
  'https:///ocpi.cpo.example/x',
  'ftp://ocpi.cpo.example/x',
  '//ocpi.cpo.example/x',
  'http://127.0.0.1/x',
  'http://pages.example/x',
  'https://other.example/x',
  '',
])('%s is not', (url) => {
  expect(own(url)).toBe(false);
});

test.each(['a.example', 'a.example:8443', '[::1]:443', '127.0.0.1'])('%s is a host', (text) => {
  expect(isHostName(text)).toBe(true);
});

test.each([
  '',
  'https://a.example',
  'a.example/x',
  'a@b.example',
  'a b',
  '*.example',
  'a:99999',
  'a:0',
  'a\\b',
])('%j is no host', (text) => {
  expect(isHostName(text)).toBe(false);
});

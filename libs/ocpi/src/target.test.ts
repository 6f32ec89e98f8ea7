import fc from 'fast-check';
import { joinEndpoint, parseTarget, pathOf, publishedEndpoints } from './target';
import { VERSIONS } from './version';

const segment = fc.stringMatching(/^[A-Za-z0-9%._~*+;=@!$&'(),:-]{0,12}$/);
const rest = fc.array(segment, { maxLength: 5 }).map((parts) => parts.map((part) => `/${part}`).join(''));
const query = fc.stringMatching(/^(\?[A-Za-z0-9%+&=./:?-]{0,20})?$/);

describe('parseTarget', () => {
  it('cuts the rest of the path and the query out verbatim, whatever they hold', () => {
    fc.assert(
      fc.property(rest, query, (path, search) => {
        expect(parseTarget(`/ocpi/2.2.1/receiver/locations${path}${search}`)).toEqual({
          version: '2.2.1',
          interfaceRole: 'RECEIVER',
          module: 'locations',
          rest: path,
          query: search,
        });
      }),
    );
  });

  it.each([
    '/',
    '/ocpi',
    '/ocpi/3.0/sender/locations',
    '/ocpi/2.2.1/hub/locations',
    '/ocpi/2.2.1/sender/',
    '/x/ocpi/2.2/sender/cdrs',
  ])('says that %s addresses no module', (path) => expect(parseTarget(path)).toBeUndefined());

  it('addresses every functional endpoint that the hub publishes', () => {
    for (const { version } of VERSIONS) {
      for (const { identifier, role, url } of publishedEndpoints('http://hub.example', version)) {
        if (['credentials', 'hubclientinfo'].includes(identifier)) continue;
        expect(parseTarget(pathOf(url))).toMatchObject({ version, module: identifier, interfaceRole: role });
      }
    }
  });
});

describe('joinEndpoint', () => {
  it('neither doubles nor loses the slash between an endpoint and the rest', () => {
    fc.assert(
      fc.property(rest, query, fc.boolean(), (path, search, slash) => {
        const joined = joinEndpoint(`https://peer.example/ocpi/locations${slash ? '/' : ''}`, path, search);
        const own = path === '' && slash ? '/' : '';
        expect(joined).toBe(`https://peer.example/ocpi/locations${own}${path}${search}`);
      }),
    );
  });

  it('keeps the query of an endpoint that has one', () => {
    expect(joinEndpoint('https://p.example/api?tenant=7', '/a', '?b=1')).toBe(
      'https://p.example/api/a?tenant=7&b=1',
    );
    expect(joinEndpoint('https://p.example/api?tenant=7#x', '/a', '')).toBe(
      'https://p.example/api/a?tenant=7',
    );
  });

  it.each([
    ['?module=credentials', ''],
    ['?a=1&module=credentials&b=2', '&a=1&b=2'],
    ['?Module=credentials', ''],
    ['?%6dodule=credentials', ''],
    ['?%256dodule=credentials', ''],
    ['?module[]=credentials', ''],
    ['?module%5B0%5D=credentials&b', '&b'],
    ['?a=1;module=credentials', ''],
    ['?%20module=credentials', ''],
    ['?module%00=credentials', ''],
    ['?module', ''],
    ['?modules=a&x=module', '&modules=a&x=module'],
  ])('with %s lets nobody say another thing than the query of the endpoint says', (query, others) => {
    expect(joinEndpoint('https://p.example/index.php?module=tokens', '', query)).toBe(
      `https://p.example/index.php?module=tokens${others}`,
    );
  });
});

describe('pathOf', () => {
  it('accepts the absolute form of a request target', () => {
    expect(pathOf('http://hub.example:3000/ocpi/versions?x=//y')).toBe('/ocpi/versions?x=//y');
    expect(pathOf('/ocpi//versions')).toBe('/ocpi//versions');
  });
});

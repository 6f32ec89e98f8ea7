import fc from 'fast-check';
import { envelope, statusCodeOf } from './envelope';
import { MODULES } from './module';
import { parsePaging } from './paging';
import { mayBroadcast, scenarioOf } from './scenario';
import { highestCommonVersion } from './version';

const hub = { countryCode: 'DE', partyId: 'HUB' };
const other = { countryCode: 'NL', partyId: 'ABC' };

describe('scenarioOf', () => {
  const rows = MODULES.flatMap((row) =>
    (['SENDER', 'RECEIVER'] as const).flatMap((interfaceRole) =>
      row.interfaces[interfaceRole].operations.map(({ method }) => ({ row, interfaceRole, method })),
    ),
  );

  it('is direct for every operation with another party as receiver', () => {
    for (const operation of rows) expect(scenarioOf({ ...operation, to: other }, hub)).toBe('direct');
  });

  it('is open routing for every operation without a receiver', () => {
    for (const operation of rows)
      expect(scenarioOf({ ...operation, to: undefined }, hub)).toBe('open_routing');
  });

  it('lets the hub be addressed by pushes of shareable data and by GET on a Sender interface, nothing else', () => {
    const said = rows.map((o) => [
      o.row.module,
      o.interfaceRole,
      o.method,
      scenarioOf({ ...o, to: hub }, hub),
    ]);
    expect(said.filter(([, , , scenario]) => scenario)).toEqual([
      ['cdrs', 'SENDER', 'GET', 'get_all'],
      ['locations', 'SENDER', 'GET', 'get_all'],
      ['locations', 'RECEIVER', 'PUT', 'broadcast'],
      ['locations', 'RECEIVER', 'PATCH', 'broadcast'],
      ['sessions', 'SENDER', 'GET', 'get_all'],
      ['tariffs', 'SENDER', 'GET', 'get_all'],
      ['tariffs', 'RECEIVER', 'PUT', 'broadcast'],
      ['tariffs', 'RECEIVER', 'DELETE', 'broadcast'],
      ['tokens', 'SENDER', 'GET', 'get_all'],
      ['tokens', 'RECEIVER', 'PUT', 'broadcast'],
      ['tokens', 'RECEIVER', 'PATCH', 'broadcast'],
    ]);
  });

  it('knows the next page of a GET All without a receiver, by its cursor alone', () => {
    const said = rows.filter((o) => scenarioOf({ ...o, to: undefined, resumes: true }, hub) === 'get_all');
    expect(said.map((o) => `${o.row.module} ${o.interfaceRole} ${o.method}`)).toEqual(
      ['cdrs', 'locations', 'sessions', 'tariffs', 'tokens'].map((module) => `${module} SENDER GET`),
    );
    for (const operation of rows) {
      expect(scenarioOf({ ...operation, to: other, resumes: true }, hub)).toBe('direct');
    }
  });

  it('never broadcasts what is personal or addressed to one party', () => {
    for (const module of ['sessions', 'cdrs', 'commands', 'chargingprofiles']) {
      const row = MODULES.find((candidate) => candidate.module === module);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(mayBroadcast(row, 'RECEIVER', method)).toBe(false);
      }
    }
  });

  it('sends a custom module to a named party only', () => {
    const custom = { method: 'GET', interfaceRole: 'SENDER', row: undefined } as const;
    expect(scenarioOf({ ...custom, to: other }, hub)).toBe('direct');
    expect(scenarioOf({ ...custom, to: hub }, hub)).toBeUndefined();
    expect(scenarioOf({ ...custom, to: undefined }, hub)).toBeUndefined();
  });
});

describe('statusCodeOf', () => {
  it('reads the status of every envelope, wherever the field stands', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 4999 }), fc.jsonValue(), (code, data) => {
        expect(statusCodeOf(Buffer.from(JSON.stringify(envelope(code, new Date(), data))))).toBe(code);
        expect(statusCodeOf(Buffer.from(JSON.stringify({ status_code: code, data })))).toBe(code);
      }),
    );
  });

  it('reads a number that a peer wrote as a string', () => {
    expect(statusCodeOf(Buffer.from('{"status_code":"1000"}'))).toBe(1000);
  });

  it.each([
    '',
    '<html>',
    '[]',
    '{}',
    '{"status_code":"100"}',
    '{"status_code":"10000"}',
    '{"status_code":"1e3 "}',
    '{"status_code":200}',
    '{"status_code":1000',
    '1000',
  ])('takes %p for no OCPI message', (text) => expect(statusCodeOf(Buffer.from(text))).toBeUndefined());
});

describe('highestCommonVersion', () => {
  it('is the newest that both sides have', () => {
    expect(highestCommonVersion(['2.0', '2.2', '2.2.1', '2.3.0'])).toBe('2.2.1');
    expect(highestCommonVersion(['2.1.1', '2.2'])).toBe('2.2');
    expect(highestCommonVersion(['2.1.1', '2.3.0'])).toBeUndefined();
  });
});

describe('parsePaging', () => {
  const parse = (query: string) => parsePaging(new URLSearchParams(query), 100);

  it('lowers a limit above its own and names the first parameter that is malformed', () => {
    expect(parse('limit=5000&offset=7')).toEqual({
      paging: { limit: 100, offset: 7, dateFrom: undefined, dateTo: undefined },
    });
    for (const bad of [
      'offset=-1',
      'limit=0',
      'limit=x',
      'date_from=yesterday',
      'date_to=2024-13-01T00:00:00Z',
    ]) {
      expect(parse(bad)).toEqual({ malformed: bad.split('=')[0] });
    }
  });

  it('lowers what clients write for no limit at all, and no offset is too large to be read', () => {
    for (const large of ['2147483647', '9007199254740991', '9223372036854775807', '9'.repeat(400)]) {
      expect(parse(`limit=${large}`)).toMatchObject({ paging: { limit: 100 } });
      expect(parse(`offset=${large}`)).toMatchObject({
        paging: { offset: Math.min(Number(large), Number.MAX_SAFE_INTEGER) },
      });
    }
  });

  it('takes times with and without Z as UTC', () => {
    const times = [
      '2026-01-02T03:04:05',
      '2026-01-02T03:04:05Z',
      '2026-01-02T03:04:05.000Z',
      '2026-01-02T04:04:05+01:00',
    ];
    for (const time of times) {
      expect(parse(`date_from=${time}`)).toMatchObject({
        paging: { dateFrom: new Date('2026-01-02T03:04:05Z') },
      });
    }
  });
});

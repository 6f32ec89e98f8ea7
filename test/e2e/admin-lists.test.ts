/** Platforms, parties and messages in the operator's API: what the filters find, page by page. */
import { randomUUID } from 'node:crypto';
import { type MessageRow } from '@app/hub';
import { createLogger } from '@app/runtime';
import { openStore } from '@app/store';
import { adminUnderTest, type AdminUnderTest, fieldsOf, party, TIME } from '../support/admin-api';

let admin: AdminUnderTest;

beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

test('GET /admin/v1/parties filters by role and status and names the platform', async () => {
  const { id } = await admin.made('Of parties', party('SE', 'AAA', 'NSP'), party('SE', 'BBB', 'NSP'));
  const answer = await admin.get('/parties?role=NSP&status=PLANNED&limit=1');
  const platform = { id, name: 'Of parties' };
  const shared = { status: 'PLANNED', last_updated: TIME, held: true, platform, last_seen: null };
  expect(answer.body).toEqual({
    data: [{ ...party('SE', 'AAA', 'NSP'), ...shared }],
    next_cursor: expect.any(String),
  });
  const next = await admin.get(`/parties?role=NSP&status=PLANNED&limit=1&cursor=${answer.body.next_cursor}`);
  expect(next.body).toEqual({ data: [{ ...party('SE', 'BBB', 'NSP'), ...shared }], next_cursor: null });
  expect((await admin.get('/parties?role=NSP&status=OFFLINE')).body).toEqual({ data: [], next_cursor: null });
  expect(fieldsOf(await admin.get('/parties?role=HUB&status=planned'))).toEqual(['role', 'status']);
});

describe('GET /admin/v1/platforms', () => {
  let ids: string[];
  beforeAll(async () => {
    ids = [];
    for (const name of ['Lister one', 'lister Two', 'Lister three']) {
      const id = (await admin.made(name, party('FI', `L0${ids.length}`, 'CPO'))).id;
      ids.push(id);
    }
    await admin.post(`/platforms/${ids[2]}/suspend`).expect(200);
  });

  const found = async (query: string): Promise<number[]> => {
    const { body } = await admin.get(`/platforms?${query}`).expect(200);
    return (body.data as { id: string }[]).map(({ id }) => ids.indexOf(id));
  };

  test.each([
    ['name=LISTER', [0, 1, 2]],
    ['name=lister%20t', [1, 2]],
    ['name=lister&status=PLANNED', [0, 1]],
    ['name=lister&status=SUSPENDED', [2]],
    ['party=FI*L01', [1]],
    ['party=fi-l02', [2]],
    ['party=FI*L01&status=SUSPENDED', []],
    ['name=List%25', []],
  ])('?%s finds %j, oldest first', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test('a filter holds on the next page too', async () => {
    const first = await admin.get('/platforms?name=lister&status=PLANNED&limit=1').expect(200);
    expect((first.body.data as { id: string }[]).map(({ id }) => id)).toEqual([ids[0]]);
    const cursor = `limit=1&cursor=${first.body.next_cursor}`;
    const rest = await admin.get(`/platforms?name=lister&status=PLANNED&${cursor}`).expect(200);
    expect(rest.body).toMatchObject({ data: [{ id: ids[1] }], next_cursor: null });
  });

  test.each([
    ['name=', 'name'],
    [`name=${'x'.repeat(101)}`, 'name'],
    ['name=%00', 'name'],
    ['status=planned', 'status'],
    ['party=NLTNM', 'party'],
    ['role=CPO', 'role'],
  ])('refuses ?%s because of %s', async (query, field) => {
    const answer = await admin.get(`/platforms?${query}`);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });
});

describe('GET /admin/v1/messages', () => {
  const [correlationId, platform, other] = [randomUUID(), randomUUID(), randomUUID()];
  const start = Date.now() - 60_000;
  const at = (second: number) => new Date(start + second * 1000);
  const row = (second: number, more: Partial<MessageRow> = {}): MessageRow => ({
    ...{
      at: at(second),
      correlationId,
      requestId: `request-${second}`,
      onwardRequestId: null,
      idsMade: false,
    },
    ...{ parentCorrelationId: null, parentRequestId: null },
    ...{
      scenario: 'direct',
      version: '2.2.1',
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
    },
    ...{
      fromPlatformId: null,
      toPlatformId: null,
      from: 'NL*CPO',
      to: 'DE*MSP',
      claimedFrom: null,
      ...{ reason: 'no connection to the receiver in time', note: null, path: null },
      httpStatus: 200,
      ocpiStatus: 1000,
    },
    ...{ durationMs: 3, requestBytes: 2048, answerBytes: 96, error: null },
    ...more,
  });

  beforeAll(async () => {
    const store = await openStore({ ...admin.settings, log: createLogger('test', 'fatal') });
    store.messageLog.record(row(1));
    store.messageLog.record(
      row(2, {
        ...{ module: 'tokens', from: 'DE*MSP', to: 'NL*CPO' },
        method: 'GET',
        toPlatformId: platform,
      }),
    );
    store.messageLog.record(row(3, { ocpiStatus: 4003, error: 'connect_timeout', correlationId: 'another' }));
    store.messageLog.record(
      row(0, { ...{ httpStatus: 404, ocpiStatus: 2004, from: 'FR*CPO' }, fromPlatformId: platform }),
    );
    await store.close();
  });

  const found = async (query: string): Promise<string[]> => {
    const answer = await admin.get(`/messages?${query}`).expect(200);
    return (answer.body.data as { request_id: string }[]).map(({ request_id }) => request_id);
  };

  test('shows one message whole', async () => {
    const answer = await admin.get('/messages?correlation_id=another');
    expect(answer.body).toEqual({
      data: [
        {
          ...{
            id: expect.any(String),
            time: at(3).toISOString(),
            correlation_id: 'another',
            request_id: 'request-3',
          },
          ...{
            onward_request_id: null,
            parent_correlation_id: null,
            parent_request_id: null,
            ids_made: false,
            scenario: 'direct',
            version: '2.2.1',
            module: 'locations',
          },
          ...{
            interface_role: 'RECEIVER',
            method: 'PUT',
            from: 'NL*CPO',
            to: 'DE*MSP',
            claimed_from: null,
            from_platform_id: null,
          },
          ...{
            to_platform_id: null,
            http_status: 200,
            status_code: 4003,
            duration_ms: 3,
            request_bytes: 2048,
          },
          ...{ answer_bytes: 96, error: 'connect_timeout' },
          ...{ reason: 'no connection to the receiver in time', note: null, path: null },
        },
      ],
      next_cursor: null,
    });
  });

  test.each([
    ['', ['request-3', 'request-2', 'request-1', 'request-0']],
    [`correlation_id=${correlationId}`, ['request-2', 'request-1', 'request-0']],
    ['from=nl-cpo', ['request-3', 'request-1']],
    ['from=DE*MSP&to=NL*CPO', ['request-2']],
    ['to=de-msp', ['request-3', 'request-1', 'request-0']],
    [`platform=${platform}`, ['request-2', 'request-0']],
    [`platform=${platform.toUpperCase()}&failed=true`, ['request-0']],
    [`platform=${other}`, []],
    ['failed=true', ['request-3', 'request-0']],
    ['failed=false', ['request-2', 'request-1']],
    ['error=connect_timeout', ['request-3']],
    ['error=receiver_unknown', []],
    ['http_status=404', ['request-0']],
    ['method=GET', ['request-2']],
    ['module=tokens', ['request-2']],
    ['status_code=4003', ['request-3']],
    [`since=${at(2).toISOString()}`, ['request-3', 'request-2']],
    [`until=${at(2).toISOString()}`, ['request-1', 'request-0']],
    ['correlation_id=none', []],
  ])('?%s finds %j, newest first', async (query, requests) => {
    expect(await found(query)).toEqual(requests);
  });

  test('goes on where the page before ended', async () => {
    const first = await admin.get('/messages?limit=2');
    expect(first.body.data).toHaveLength(2);
    expect(await found(`limit=2&cursor=${first.body.next_cursor}`)).toEqual(['request-1', 'request-0']);
  });

  test.each([
    ['from=NLCPO', 'from'],
    ['to=N*CPO', 'to'],
    ['status_code=200', 'status_code'],
    ['since=yesterday', 'since'],
    ['until=2026-02-30T00:00:00Z', 'until'],
    ['since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'until'],
    ['correlation_id=%00', 'correlation_id'],
    ['module=', 'module'],
    ['platform=NL*CPO', 'platform'],
    ['failed=yes', 'failed'],
    ['failed=', 'failed'],
    ['error=', 'error'],
    ['error=constructor', 'error'],
    ['http_status=99', 'http_status'],
    ['http_status=600', 'http_status'],
    ['method=put', 'method'],
    ['failed=true&failed=true', 'failed'],
  ])('refuses ?%s because of %s', async (query, field) => {
    const answer = await admin.get(`/messages?${query}`);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  test('says of an error that there is not that it is not known, and lists no others', async () => {
    const answer = await admin.get('/messages?error=receiver_unknwon').expect(400);
    expect(answer.body.details).toEqual([
      {
        field: 'error',
        message: 'error is no code that is known; such codes are receiver_unknown or http_503',
      },
    ]);
  });
});

/** Whoever reads captured payloads is in the audit log; what was read is not. */
import { AdminClient } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const PAYLOAD = 'nobody else is to read this';

let hub: TestHub;
let cpo: JoinedPlatform;
let reader: AdminClient;
let messages: string;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  const { key } = await hub.admin.ask<{ key: string }>('POST', '/api-keys', { name: 'R', role: 'operator' });
  reader = new AdminClient(hub.admin.url, key);
  messages = `/platforms/${cpo.id}/capture/messages`;
  await hub.admin.ask('POST', `/platforms/${cpo.id}/capture`, {});
  await until(async () => {
    await put();
    return (await hub.admin.ask<{ messages: number }>('GET', `/platforms/${cpo.id}/capture`)).messages > 0;
  }, 5_000);
}, 60_000);
afterAll(() => hub?.close());

function put(): Promise<unknown> {
  const way = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const body = JSON.stringify({ x: PAYLOAD });
  return cpo.call({ ...way, from: 'NL*CPO', to: 'DE*MSP', rest: '/NL/CPO/S1', body });
}

interface Entry {
  readonly id: string;
}

async function entries(query = ''): Promise<Entry[]> {
  const { data } = await hub.admin.ask<{ data: Entry[] }>('GET', `/audit?actor=R&limit=500${query}`);
  return data;
}

test('each page that is read is an entry: who, which platform, when, and nothing of what was shown', async () => {
  const before = await entries();
  const page = await reader.send('GET', `${messages}?limit=1`);
  expect(page.body.toString()).toContain(PAYLOAD);
  await reader.send('GET', messages);
  const [whole, first, ...earlier] = await entries();
  expect(earlier).toEqual(before);
  const shown = await hub.admin.ask<object>('GET', `/audit/${first!.id}`);
  expect(shown).toEqual({
    ...{ id: first!.id, at: expect.any(String), ended_at: expect.any(String) },
    actor: { id: expect.any(String), name: 'R', role: 'operator' },
    ...{ action: 'listCapturedMessages', target: messages.slice(1), outcome: 'read', error: null },
    ...{ input: { query: { limit: '1' } }, before: null, after: null },
  });
  expect(await hub.admin.ask('GET', `/audit/${whole!.id}`)).toMatchObject({ outcome: 'read', input: null });
  expect(await entries('&outcome=read')).toEqual([whole, first]);
  expect(await entries(`&target=platforms/${cpo.id}`)).toEqual([whole, first]);
  const rows = await sql(
    hub.settings.databaseUrl,
    'SELECT e::text AS entry, o::text AS outcome FROM audit_entries e LEFT JOIN audit_outcomes o ON o.entry_id = e.id',
  );
  expect(JSON.stringify(rows)).not.toContain(PAYLOAD);
});

test('a read that is refused is an entry, too, and what shows no payload is none', async () => {
  await reader.send('GET', `${messages}?limit=0`);
  const [refused] = await entries('&outcome=refused');
  expect(refused).toMatchObject({ action: 'listCapturedMessages', error: 'invalid_input' });
  const before = await entries();
  await reader.send('GET', `/platforms/${cpo.id}/capture`);
  expect(await entries()).toEqual(before);
});

test('when the entry cannot be written, nothing is shown', async () => {
  const { databaseUrl } = hub.settings;
  await sql(databaseUrl, 'ALTER TABLE audit_entries RENAME TO audit_entries_away');
  const answer = await reader.send('GET', messages);
  await sql(databaseUrl, 'ALTER TABLE audit_entries_away RENAME TO audit_entries');
  expect([answer.httpStatus, answer.json()]).toMatchObject([500, { code: 'internal' }]);
  expect(answer.body.toString()).not.toContain(PAYLOAD);
});

test('a HEAD of the payloads is an entry like a GET', async () => {
  const before = await entries();
  await reader.send('HEAD', messages);
  const [head, ...rest] = await entries();
  expect([head, rest]).toMatchObject([{ action: 'listCapturedMessages', outcome: 'read' }, before]);
});

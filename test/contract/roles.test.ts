/** What each role may do, tried on every operation of the admin API, and that the audit log shows what was done. */
import { type ApiRole } from '@app/hub';
import { type CallAnswer } from '@app/testkit';
import { sql } from '../support/store';
import { ask } from './ask';
import { Document, type Operation } from './document';
import { type Row, type Sent } from './row';
import { ROWS } from './rows';
import { startWorld, type World } from './world';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly at: string;
  readonly actor: { readonly name: string };
}

let world: World;
let document: Document;
/** A key of each role. */
const keys = new Map<ApiRole, string>();
/** What was done with these keys, in its order, as the audit log should have it. */
const made: string[] = [];
/** What was shown once, or handed in, and must not be found anywhere again. */
const secrets = new Set<string>();

beforeAll(async () => {
  world = await startWorld();
  document = await Document.of(world.hub.adminUrl);
  for (const role of ['viewer', 'operator', 'owner'] as const) keys.set(role, (await world.key(role)).key);
});
afterAll(() => world?.close());

function operation(id: string): Operation {
  return document.operations.find((one) => one.id === id)!;
}

/** The least role for an operation, as the table says it. */
function leastRole({ method }: Operation, { role }: Row): ApiRole {
  return role ?? (method === 'GET' ? 'viewer' : 'operator');
}

/** All that is kept, in a few characters; when a key was last used is no change. */
async function kept(besides: readonly string[]): Promise<unknown> {
  const { databaseUrl } = world.hub.settings;
  const tables = ['platforms', 'parties', 'endpoints', 'credentials_tokens', 'agreements', 'api_keys'];
  const more = ['deliveries', 'delivery_receivers', 'idempotency_keys', 'captures', ...besides];
  const sums = [...tables, ...more].map(
    (table) =>
      `(SELECT md5(coalesce(string_agg((to_jsonb(t) - 'last_used_at' - 'last_seen_at')::text, ',' ORDER BY t::text), ''))
        FROM ${table} t) AS ${table}`,
  );
  return (await sql(databaseUrl, `SELECT ${sums.join(', ')}`))[0];
}

/** Where nobody but the holder of a good key leaves a trace. */
const AUDIT = ['audit_entries', 'audit_outcomes'];

/** What each operation takes. */
type Calls = ReadonlyMap<string, Sent>;

/** Something that the world has for each of the operations to be done to. */
async function goodCalls(ids: readonly string[]): Promise<Calls> {
  const calls = new Map<string, Sent>();
  for (const id of ids) calls.set(id, await Object.values(ROWS[id]!.good)[0]!(world));
  return calls;
}

async function refusedUnchanged(
  calls: Calls,
  key: string,
  expected: readonly [number, string],
): Promise<void> {
  const besides = expected[0] === 401 ? AUDIT : [];
  const before = await kept(besides);
  for (const [id, sent] of calls) {
    const answer = await ask(world, operation(id), sent, key);
    const { code } = answer.json<{ code: string }>();
    expect([id, answer.httpStatus, code]).toEqual([id, ...expected]);
    expect(document.faultsOf(operation(id), answer)).toEqual([]);
  }
  expect(await kept(besides)).toEqual(before);
}

/** Whether the audit log must have an entry of a call: of each that may change something, and of the reads that say so. */
function isAudited(id: string): boolean {
  return operation(id).method !== 'GET' || ROWS[id]!.isAuditedRead === true;
}

function remember(id: string, answer: CallAnswer, body: unknown): void {
  if (isAudited(id)) made.push(`${id} ${ROWS[id]!.isAuditedRead ? 'read' : 'changed'}`);
  const shown = answer.body.length > 0 ? answer.json<Record<string, unknown>>() : {};
  for (const given of [shown, (body ?? {}) as Record<string, unknown>]) {
    for (const name of ['token_a', 'key']) if (typeof given[name] === 'string') secrets.add(given[name]);
  }
}

const RANK: readonly ApiRole[] = ['viewer', 'operator', 'owner'];

describe.each(RANK)('a key of the role %s', (role) => {
  test.each(Object.entries(ROWS))('and %s', async (id, row) => {
    const may = RANK.indexOf(role) >= RANK.indexOf(leastRole(operation(id), row));
    const calls = await goodCalls([id]);
    if (!may) return refusedUnchanged(calls, keys.get(role)!, [403, 'forbidden']);
    const sent = calls.get(id)!;
    const answer = await ask(world, operation(id), sent, keys.get(role));
    expect([id, answer.httpStatus < 300]).toEqual([id, true]);
    remember(id, answer, sent.body);
    return undefined;
  });
});

test('what a viewer may call are reads alone', () => {
  const open = document.operations.filter((one) => leastRole(one, ROWS[one.id]!) === 'viewer');
  expect(new Set(open.map(({ method }) => method))).toEqual(new Set(['GET']));
});

describe('a key that is no good is refused by every operation with 401, and nothing is changed', () => {
  let calls: Calls;
  beforeAll(async () => {
    calls = await goodCalls(Object.keys(ROWS));
  }, 60_000);

  test('when it was revoked', async () => {
    const { id, key } = await world.key('owner');
    await world.hub.admin.ask('DELETE', `/api-keys/${id}`);
    await refusedUnchanged(calls, key, [401, 'unauthorized']);
  });

  test('when it expired', async () => {
    const { id, key } = await world.key('owner', { expires_at: '2099-01-01T00:00:00Z' });
    await sql(world.hub.settings.databaseUrl, 'UPDATE api_keys SET expires_at = now() WHERE id = $1', [id]);
    await refusedUnchanged(calls, key, [401, 'unauthorized']);
  });

  test('when nobody knows it', async () => {
    const key = `ohk_${'x'.repeat(43)}`;
    await refusedUnchanged(calls, key, [401, 'unauthorized']);
  });
});

describe('the audit log', () => {
  const logged = async (actor: string, more = ''): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `actor=A%20${actor}&limit=500${more}${cursor && `&cursor=${cursor}`}`;
      const page: { data: Entry[]; next_cursor: string | null } = await world.hub.admin.ask(
        'GET',
        `/audit?${query}`,
      );
      entries.push(...page.data);
      cursor = page.next_cursor;
    }
    return entries;
  };

  test('shows every change that was made here, once and in order, under the name of its key', async () => {
    expect(made.length).toBeGreaterThan(20);
    const entries = [...(await logged('operator')).reverse(), ...(await logged('owner')).reverse()];
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(made);
    expect(await logged('viewer')).toEqual([]);
  });

  test('shows what was refused to a viewer when asked for, at most ten a minute', async () => {
    const refused = await logged('viewer', '&outcome=refused');
    expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['forbidden']));
    expect(refused.length).toBeGreaterThanOrEqual(10);
    const minutes = refused.map(({ at }) => at.slice(0, 'YYYY-MM-DDTHH:MM'.length));
    for (const minute of minutes) expect(minutes.filter((one) => one === minute).length).toBeLessThan(11);
    const ids = document.operations.map(({ id }) => id);
    expect(refused.filter(({ action }) => !ids.includes(action))).toEqual([]);
  });

  test('has an entry of every operation of the document that is not a GET, and of the reads that say so', async () => {
    const due = document.operations.map(({ id }) => id).filter(isAudited);
    expect(due.length).toBeGreaterThan(20);
    const logs = new Set((await logged('owner')).map(({ action }) => action));
    expect(due.filter((id) => !logs.has(id))).toEqual([]);
  });

  test('holds none of the tokens and keys that were made or handed in', async () => {
    expect(secrets.size).toBeGreaterThan(3);
    const rows = await sql<{ text: string }>(
      world.hub.settings.databaseUrl,
      `SELECT e::text || coalesce(o::text, '') AS text FROM audit_entries e
       LEFT JOIN audit_outcomes o ON o.entry_id = e.id`,
    );
    const text = rows.map((row) => row.text).join();
    for (const secret of [...secrets, ...keys.values(), world.hub.settings.adminApiKey]) {
      for (const form of [secret, Buffer.from(secret).toString('base64')]) expect(text).not.toContain(form);
    }
  });
});

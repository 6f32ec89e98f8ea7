/** Agreements in the operator's API: over a real socket, on a real database. */
import { randomUUID } from 'node:crypto';
import { type AdminUnderTest, adminUnderTest, fieldsOf, UUID } from '../support/admin-api';
import { sql } from '../support/store';

let admin: AdminUnderTest;
beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());
afterEach(() => sql(admin.settings.databaseUrl, 'TRUNCATE agreements, idempotency_keys'));

const cpo = { country_code: 'NL', party_id: 'CPO' };
const msp = { country_code: 'DE', party_id: 'MSP' };
const simple = { from: cpo, to: msp, modules: ['*'], effect: 'allow' };

describe('POST /admin/v1/agreements', () => {
  test('makes an agreement, pairs in upper case, both ways unless it says otherwise', async () => {
    const given = { ...simple, from: { country_code: 'nl', party_id: 'cpo', role: 'CPO' }, to: '*' };
    const answer = await admin.post('/agreements', given);
    const shown = { ...simple, id: UUID, from: { ...cpo, role: 'CPO' }, to: '*', both_ways: true };
    expect([answer.status, answer.body]).toEqual([201, shown]);
    expect((await admin.get(`/agreements/${answer.body.id}`).expect(200)).body).toEqual(answer.body);
  });

  test('keeps modules, times, direction and note', async () => {
    const limits = { both_ways: false, valid_until: '2099-01-01T00:00:00.000Z', note: 'Contract 7' };
    const given = { ...simple, ...limits, modules: ['tariffs', 'x-parking'], effect: 'deny' };
    const answer = await admin.post('/agreements', { ...given, valid_from: '2026-01-01T01:00:00+01:00' });
    const shown = { ...given, id: UUID, valid_from: '2026-01-01T00:00:00.000Z' };
    expect([answer.status, answer.body]).toEqual([201, shown]);
  });

  test.each<[object, string]>([
    [{ from: undefined }, 'from'],
    [{ from: 'NL*CPO' }, 'from'],
    [{ from: [] }, 'from'],
    [{ to: null }, 'to'],
    [{ to: { ...msp, role: 'HUB' } }, 'to.role'],
    [{ to: { country_code: 'DE' } }, 'to.party_id'],
    [{ to: { ...msp, name: 'x' } }, 'to.name'],
    [{ modules: [] }, 'modules'],
    [{ modules: 'cdrs' }, 'modules'],
    [{ modules: ['CDRs'] }, 'modules'],
    [{ modules: ['a b'] }, 'modules'],
    [{ modules: ['hubclientinfo'] }, 'modules'],
    [{ modules: ['cdrs', '*'] }, 'modules'],
    [{ modules: Array.from({ length: 51 }, (_, n) => `m${n}`) }, 'modules'],
    [{ effect: 'perhaps' }, 'effect'],
    [{ effect: undefined }, 'effect'],
    [{ both_ways: 'true' }, 'both_ways'],
    [{ valid_from: 'tomorrow' }, 'valid_from'],
    [{ valid_from: '2026-01-02T00:00:00Z', valid_until: '2026-01-02T00:00:00Z' }, 'valid_until'],
    [{ valid_until: '2026-01-02T00:00:00Z' }, 'valid_until'],
    [{ valid_from: '2020-01-01T00:00:00Z', valid_until: '2020-01-02T00:00:00Z' }, 'valid_until'],
    [{ note: 'a\u0000' }, 'note'],
    [{ id: randomUUID() }, 'id'],
  ])('refuses %j because of %s', async (wrong, field) => {
    const answer = await admin.post('/agreements', { ...simple, ...wrong });
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([400, 'invalid_input', [field]]);
    expect((await admin.get('/agreements')).body.data).toEqual([]);
  });

  test('answers 409 and the id of the one that says the same', async () => {
    const { body } = await admin.post('/agreements', simple).expect(201);
    const again = await admin.post('/agreements', { ...simple, from: msp, to: cpo, note: 'turned' });
    expect([again.status, again.body.code]).toEqual([409, 'agreement_exists']);
    expect(again.body.details).toEqual([{ field: 'id', message: body.id }]);
  });
});

test('GET /admin/v1/agreements lists page by page, oldest first, and those of one party', async () => {
  const made: string[] = [];
  for (const modules of [['cdrs'], ['tokens'], ['tariffs']]) {
    made.push((await admin.post('/agreements', { ...simple, modules }).expect(201)).body.id as string);
  }
  const other = { ...simple, to: { ...msp, party_id: 'ZZZ' } };
  await admin.post('/agreements', other).expect(201);
  const first = await admin.get('/agreements?party=de-msp&limit=2').expect(200);
  const rest = await admin.get(`/agreements?party=DE*MSP&limit=2&cursor=${first.body.next_cursor}`);
  const listed = [...first.body.data, ...rest.body.data] as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual(made);
  expect(rest.body.next_cursor).toBeNull();
  for (const [query, field] of [
    ['party=DEMSP', 'party'],
    ['limit=0', 'limit'],
    ['cursor=none', 'cursor'],
    ['effect=deny', 'effect'],
  ]) {
    const answer = await admin.get(`/agreements?${query}`);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  }
});

test('DELETE withdraws an agreement once; unknown ids are a 404 and others a 400', async () => {
  const { body } = await admin.post('/agreements', simple).expect(201);
  await admin.remove(`/agreements/${body.id}`).expect(204, '');
  for (const answer of [
    await admin.remove(`/agreements/${body.id}`),
    await admin.get(`/agreements/${body.id}`),
  ]) {
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([404, 'not_found', ['id']]);
  }
  for (const answer of [await admin.remove('/agreements/7'), await admin.get('/agreements/7')]) {
    expect([answer.status, fieldsOf(answer)]).toEqual([400, ['id']]);
  }
});

describe('Idempotency-Key', () => {
  const platform = { name: 'Once' };
  const create = (path: string, key: string, body: object) =>
    admin.post(path, body).set('Idempotency-Key', key);
  const platforms = async (name: string): Promise<number> => {
    const { body } = await admin.get('/platforms?limit=500');
    return (body.data as { name: string }[]).filter((one) => one.name === name).length;
  };

  test('makes one platform of many equal requests, also at the same moment, and shows the same token A', async () => {
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => create('/platforms', key, platform)));
    answers.push(await create('/platforms', key, platform));
    for (const { status, body } of answers) expect([status, body]).toEqual([201, answers[0]!.body]);
    expect(answers[0]!.body.token_a).toMatch(/^[\w-]{43}$/);
    expect(await platforms('Once')).toBe(1);
    const rows = await sql(admin.settings.databaseUrl, 'SELECT k::text AS row FROM idempotency_keys k');
    const { token_a } = answers[0]!.body as { token_a: string };
    for (const form of [key, token_a, Buffer.from(token_a).toString('hex')]) {
      expect(JSON.stringify(rows)).not.toContain(form);
    }
  });

  test('answers 409 for another body, and goes for one call alone', async () => {
    const key = randomUUID();
    await create('/platforms', key, { name: 'One' }).expect(201);
    const other = await create('/platforms', key, { name: 'Two' });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    expect(await platforms('Two')).toBe(0);
    await create('/agreements', key, simple).expect(201);
  });

  test('gives the first answer of an agreement, also when it was withdrawn since', async () => {
    const key = randomUUID();
    const { body } = await create('/agreements', key, simple).expect(201);
    await admin.remove(`/agreements/${body.id}`).expect(204);
    await create('/agreements', key, simple).expect(201, body as object);
    expect((await admin.get('/agreements')).body.data).toEqual([]);
  });

  test('does not hold after 24 hours, nor after a refusal', async () => {
    const key = randomUUID();
    const { body } = await admin.post('/agreements', simple).expect(201);
    await create('/agreements', key, simple).expect(409);
    await admin.remove(`/agreements/${body.id}`).expect(204);
    const first = await create('/agreements', key, simple).expect(201);
    await sql(
      admin.settings.databaseUrl,
      `UPDATE idempotency_keys SET expires_at = expires_at - interval '24 hours'`,
    );
    await admin.remove(`/agreements/${first.body.id}`).expect(204);
    const second = await create('/agreements', key, simple).expect(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test('makes one token A of many equal requests, for each platform its own', async () => {
    const key = randomUUID();
    const ids = [(await admin.made('Again')).id, (await admin.made('Another')).id];
    const asked = (id: string | undefined) => create(`/platforms/${id}/token-a`, key, {}).expect(201);
    const [first, again, other] = [await asked(ids[0]), await asked(ids[0]), await asked(ids[1])];
    expect(again.body).toEqual(first.body);
    expect(other.body.token_a).not.toBe(first.body.token_a);
  });

  test('must be printable and of a sensible length', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256)]) {
      const answer = await create('/agreements', key, simple);
      expect([answer.status, fieldsOf(answer)]).toEqual([400, ['Idempotency-Key']]);
    }
  });
});

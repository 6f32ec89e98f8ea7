/** What the operator changes of a platform after it was made: over a real socket, on a real database. */
import { adminUnderTest, type AdminUnderTest, fieldsOf, party } from '../support/admin-api';

let admin: AdminUnderTest;
beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

interface Held {
  readonly party_id: string;
  readonly status: string;
  readonly held: boolean;
}

/** `BBB PLANNED`, with what was given up in brackets. */
function partiesOf({ body }: { readonly body: unknown }): string[] {
  const { parties } = body as { parties: Held[] };
  const said = parties.map(({ party_id, status, held }) =>
    held ? `${party_id} ${status}` : `(${party_id} ${status})`,
  );
  return said.sort();
}

test('a platform gets another name, trimmed, and keeps its parties', async () => {
  const { id } = await admin.made('Before', party('NL', 'AAA', 'CPO'));
  const answer = await admin.patch(`/platforms/${id}`, { name: ' After ' }).expect(200);
  expect([answer.body.name, partiesOf(answer)]).toEqual(['After', ['AAA PLANNED']]);
  expect((await admin.get(`/platforms/${id}`).expect(200)).body).toEqual(answer.body);
});

test('other parties are announced: new ones are PLANNED, old ones are given up and free for others', async () => {
  const { id } = await admin.made('Announced', party('NL', 'BBB', 'CPO'), party('NL', 'CCC', 'CPO'));
  const planned_parties = [party('nl', 'ccc', 'CPO'), party('NL', 'DDD', 'EMSP')];
  const answer = await admin.patch(`/platforms/${id}`, { planned_parties }).expect(200);
  expect(partiesOf(answer)).toEqual(['(BBB SUSPENDED)', 'CCC PLANNED', 'DDD PLANNED']);
  const history = await admin.get('/parties/NL/BBB/history').expect(200);
  expect((history.body.data as { reason: string }[]).map(({ reason }) => reason)).toEqual([
    'not_announced',
    'announced',
  ]);
  await admin.made('Next', party('NL', 'BBB', 'CPO'));
  expect(partiesOf(await admin.get(`/platforms/${id}`))).toEqual(['CCC PLANNED', 'DDD PLANNED']);
});

test('a party that another platform, or the hub, holds is 409 and named, and nothing is changed', async () => {
  await admin.made('Holder', party('NL', 'EEE', 'CPO'));
  const { id } = await admin.made('Late', party('NL', 'FFF', 'CPO'));
  const before = (await admin.get(`/platforms/${id}`)).body as object;
  const taken = (...planned_parties: object[]) =>
    admin.patch(`/platforms/${id}`, { name: 'Never', planned_parties });
  const answer = await taken(party('NL', 'GGG', 'CPO'), party('nl', 'eee', 'CPO'));
  expect([answer.status, answer.body.code]).toEqual([409, 'party_taken']);
  expect(answer.body.details).toEqual([
    { field: 'planned_parties[1]', message: 'CPO NL*EEE belongs to another platform' },
  ]);
  const asHub = await taken(party('de', 'hub', 'CPO'));
  expect([asHub.status, fieldsOf(asHub)]).toEqual([409, ['planned_parties[0]']]);
  expect((await admin.get(`/platforms/${id}`)).body).toEqual(before);
});

test('it holds to If-Match, its answer has the new tag, and the audit log has before and after', async () => {
  const { id } = await admin.made('Tagged');
  const { etag } = (await admin.get(`/platforms/${id}`).expect(200)).headers as { etag: string };
  const change = (name: string) => admin.patch(`/platforms/${id}`, { name }).set('If-Match', etag);
  const answer = await change('First').expect(200);
  expect(answer.headers.etag).toBe((await admin.get(`/platforms/${id}`)).headers.etag);
  expect((await change('Second').expect(412)).body.code).toBe('stale');
  const { body } = await admin.get(`/audit?action=changePlatform&target=platforms/${id}`).expect(200);
  const entries = body.data as { id: string }[];
  expect(entries).toHaveLength(1);
  expect((await admin.get(`/audit/${entries[0]!.id}`)).body).toMatchObject({
    ...{ before: { name: 'Tagged' }, after: { name: 'First' }, input: { body: { name: 'First' } } },
  });
});

test.each<[object, string]>([
  [{}, 'body'],
  [{ name: '' }, 'name'],
  [{ name: null }, 'name'],
  [{ planned_parties: null }, 'planned_parties'],
  [{ planned_parties: [{ country_code: 'NL', party_id: 'X' }] }, 'planned_parties[0].party_id'],
  [{ planned_parties: [party('NL', 'DUP', 'CPO'), party('nl', 'dup', 'CPO')] }, 'planned_parties[1]'],
  [{ status: 'CONNECTED' }, 'status'],
])('PATCH with %j is refused because of %s', async (body, field) => {
  const { id } = await admin.made('Kept');
  const answer = await admin.patch(`/platforms/${id}`, body);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
  expect(fieldsOf(answer)).toContain(field);
  expect((await admin.get(`/platforms/${id}`)).body.name).toBe('Kept');
});

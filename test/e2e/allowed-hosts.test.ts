/** The operator says where else a platform's URLs may lead. */
import { AdminClient } from '@app/testkit';
import { adminUnderTest, type AdminUnderTest, fieldsOf } from '../support/admin-api';

let admin: AdminUnderTest;

beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

test('the list is replaced as a whole and shown again', async () => {
  const client = new AdminClient(admin.url, admin.settings.adminApiKey);
  const { id } = await admin.made('Hosts');
  expect((await admin.get(`/platforms/${id}/allowed-hosts`).expect(200)).body).toEqual({ hosts: [] });
  for (const hosts of [['a.example', 'b.example:8443'], ['[2001:db8::1]:443'], []]) {
    expect(await client.ask('PUT', `/platforms/${id}/allowed-hosts`, { hosts })).toEqual({ hosts });
    expect((await admin.get(`/platforms/${id}/allowed-hosts`)).body).toEqual({ hosts });
  }
});

test.each([
  [{}],
  [{ hosts: 'a.example' }],
  [{ hosts: ['https://a.example'] }],
  [{ hosts: ['a', 'a'] }],
  [{ hosts: [1] }],
])('%j is refused, and the field named', async (body) => {
  const client = new AdminClient(admin.url, admin.settings.adminApiKey);
  const { id } = await admin.made('Refused');
  const answer = await client.send('PUT', `/platforms/${id}/allowed-hosts`, body);
  expect(answer.httpStatus).toBe(400);
  expect(fieldsOf({ body: answer.json<unknown>() })).toEqual(['hosts']);
});

test('a platform that does not exist is 404', async () => {
  const client = new AdminClient(admin.url, admin.settings.adminApiKey);
  const path = '/platforms/5b0c1d0e-0000-4000-8000-000000000000/allowed-hosts';
  expect((await client.send('PUT', path, { hosts: [] })).httpStatus).toBe(404);
  await admin.get(path).expect(404);
});

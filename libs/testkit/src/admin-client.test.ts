import { AdminClient, AdminRefused } from './admin-client';
import { Listener } from './listener';

let asked: { line: string; key: string | undefined; body: string }[];
let status: number;
let api: Listener;
let admin: AdminClient;
beforeEach(async () => {
  [asked, status] = [[], 200];
  api = new Listener((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      asked.push({ line: `${request.method} ${request.url}`, key: request.headers.authorization, body });
      response.writeHead(status).end('{"id":"1"}');
    });
  });
  await api.start();
  admin = new AdminClient(api.origin, 'key-1');
});
afterEach(() => api.stop());

test('a platform is created with its planned parties in the wire form', async () => {
  expect(await admin.createPlatform('One', [{ countryCode: 'DE', partyId: 'CPO', role: 'CPO' }])).toEqual({
    id: '1',
  });
  expect(asked[0]).toMatchObject({ line: 'POST /admin/v1/platforms', key: 'Bearer key-1' });
  const planned = [{ country_code: 'DE', party_id: 'CPO', role: 'CPO' }];
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ name: 'One', planned_parties: planned });
});

test('filters travel as query parameters, those left out do not', async () => {
  await admin.messages({ correlation_id: 'a b', from: undefined, status_code: 4003 });
  expect(asked[0]?.line).toBe('GET /admin/v1/messages?correlation_id=a+b&status_code=4003');
});

test('an answer outside 2xx is thrown with its answer', async () => {
  status = 409;
  const refusal: unknown = await admin.suspend('1').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AdminRefused);
  expect((refusal as AdminRefused).answer.httpStatus).toBe(409);
});

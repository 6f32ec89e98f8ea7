/** The operator's API on a database of its own, as its tests call it. */
import { readSettings, type Settings } from '@app/settings';
import request from 'supertest';
import { startAdmin } from '../../apps/admin/src/app';
import { freshDatabase } from './database';

const KEY = 'admin-key-of-this-test';

export const HUB_VERSIONS_URL = 'https://hub.example/ocpi/versions';
export const UUID: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** A token that the hub made. */
export const TOKEN: unknown = expect.stringMatching(/^[A-Za-z0-9_-]{43}$/);

/** The admin app, running. Paths are relative to `/admin/v1`; every call brings the key. */
export interface AdminUnderTest {
  readonly settings: Settings;
  readonly url: string;
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  patch(path: string, body: object): request.Test;
  remove(path: string): request.Test;
  /** Makes a platform with announced parties. */
  made(name: string, ...parties: object[]): Promise<{ id: string; token_a: string }>;
  close(): Promise<void>;
}

/** Starts it on a fresh database. Call it in `beforeAll` and `close()` in `afterAll`. */
export async function adminUnderTest(): Promise<AdminUnderTest> {
  const database = await freshDatabase();
  const settings = readSettings({
    ...{ DATABASE_URL: database.url, ADMIN_API_KEY: KEY, ENCRYPTION_KEY: 'ab'.repeat(32), ADMIN_PORT: '0' },
    ...{ ALLOW_PRIVATE_NETWORKS: 'true', PUBLIC_URL: 'https://hub.example', FORWARD_TIMEOUT_MS: '2000' },
    ...{ HUB_COUNTRY_CODE: 'DE', HUB_PARTY_ID: 'HUB', LOG_LEVEL: 'fatal' },
  });
  const app = await startAdmin(settings);
  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string): request.Test =>
    request(app.url)[method](`/admin/v1${path}`).set('Authorization', `Bearer ${KEY}`);
  const post = (path: string, body?: object): request.Test => call('post', path).send(body);
  return {
    settings,
    url: app.url,
    get: (path) => call('get', path),
    post,
    patch: (path, body) => call('patch', path).send(body),
    remove: (path) => call('delete', path),
    made: async (name, ...parties) => {
      const given = { name, ...(parties.length > 0 && { planned_parties: parties }) };
      const answer = await post('/platforms', given).expect(201);
      return answer.body as { id: string; token_a: string };
    },
    close: () => app.close().finally(() => database.drop()),
  };
}

/** A party as the API takes it. */
export function party(country_code: string, party_id: string, role: string): object {
  return { country_code, party_id, role };
}

/** The fields that an error answer names. */
export function fieldsOf({ body }: { readonly body: unknown }): string[] {
  return (body as { details: { field: string }[] }).details.map(({ field }) => field);
}

/** What the hub publishes is what it serves. Spec: 2.2.1-d2 version_information_endpoint. */
import { type PublishedEndpoint } from '@app/ocpi';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP'), party('DE*MSP', 'NSP')]);
});
afterAll(() => hub.close());

async function get<T>(url: string): Promise<T> {
  const answer = await cpo.follow(url);
  expect([url, answer.httpStatus, answer.json().status_code]).toEqual([url, 200, 1000]);
  return answer.json<{ data: T }>().data;
}

it('every URL in the versions list and in every version of details answers', async () => {
  const versions = await get<{ version: string; url: string }[]>(hub.versionsUrl);
  expect(versions.map(({ version }) => version)).toEqual(['2.2.1', '2.2']);
  for (const { version, url } of versions) {
    const details = await get<{ version: string; endpoints: PublishedEndpoint[] }>(url);
    expect(details.version).toBe(version);
    expect(details.endpoints).toHaveLength(3 + 7 * 2);
    for (const endpoint of details.endpoints) {
      const { httpStatus, json } = await cpo.follow(endpoint.url, 'GET', { headers: TO_EMSP });
      expect([endpoint.url, [200, 405].includes(httpStatus)]).toEqual([endpoint.url, true]);
      expect(typeof json().status_code).toBe('number');
    }
  }
});

const TO_EMSP = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'MSP' };

it('the same URLs with a slash at the end answer as well', async () => {
  for (const path of ['versions/', '2.2.1/', '2.2.1/credentials/', '2.2.1/hubclientinfo/']) {
    await get(hub.versionsUrl.replace('versions', path));
  }
});

describe('the hubclientinfo list', () => {
  const list = (platform: JoinedPlatform, query = '') =>
    platform.follow(`${platform.hub.endpoint('hubclientinfo', 'SENDER')}${query}`);

  it('shows the parties of the others in each of their roles, and not its own', async () => {
    const { data } = (await list(cpo)).json<{ data: object[] }>();
    expect(data).toEqual([
      {
        country_code: 'DE',
        party_id: 'MSP',
        role: 'EMSP',
        status: 'CONNECTED',
        last_updated: expect.any(String),
      },
      {
        country_code: 'DE',
        party_id: 'MSP',
        role: 'NSP',
        status: 'CONNECTED',
        last_updated: expect.any(String),
      },
    ]);
  });

  it('is paged by Link, X-Total-Count and X-Limit, and keeps the filters', async () => {
    const first = await list(cpo, '?limit=1&date_from=2020-01-01T00:00:00Z');
    expect(first.headers).toMatchObject({ 'x-total-count': '2', 'x-limit': '500' });
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.link as string)![1]!;
    expect(next).toContain('date_from=2020-01-01T00%3A00%3A00Z');
    const second = await cpo.follow(next);
    expect(second.json<{ data: { role: string }[] }>().data.map(({ role }) => role)).toEqual(['NSP']);
    expect(second.headers.link).toBeUndefined();
  });

  it('takes date_from as inclusive and date_to as exclusive', async () => {
    const all = (await list(emsp)).json<{ data: { last_updated: string }[] }>().data;
    const at = all[0]!.last_updated;
    const count = async (query: string) => (await list(emsp, query)).json<{ data: object[] }>().data.length;
    expect([await count(`?date_from=${at}`), await count(`?date_to=${at}`)]).toEqual([1, 0]);
  });

  it('names a parameter that is malformed', async () => {
    const answer = (await list(cpo, '?offset=-1')).json();
    expect([answer.status_code, answer.status_message]).toEqual([2001, expect.stringContaining('offset')]);
  });
});

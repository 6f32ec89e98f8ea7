/** What the operator allows and denies holds at every router within a second. */
import { type RunningApp } from '@app/runtime';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';

const WITHIN_MS = 1_000;
const NO_AGREEMENT = 4003;

type Router = Pick<RunningApp, 'url'> & { readonly versionsUrl: string };

interface Made {
  readonly id: string;
}

const pair = (name: string): object => ({ country_code: name.slice(0, 2), party_id: name.slice(3) });

/** The OCPI status that a PUT of a session gets through a router. */
async function statusOf(sender: JoinedPlatform, to: string, versionsUrl: string): Promise<number> {
  const url = versionsUrl.replace('versions', '2.2.1/receiver/sessions/NL/CPO/S1');
  const [country, id] = to.split('*');
  const answer = await sender.follow(url, 'PUT', {
    body: '{}',
    headers: { 'OCPI-to-country-code': country, 'OCPI-to-party-id': id },
  });
  return answer.json<{ status_code: number }>().status_code;
}

async function becomes(status: number, ask: () => Promise<number>): Promise<void> {
  const end = Date.now() + WITHIN_MS;
  for (;;) {
    const now = await ask();
    if (now === status) return;
    if (Date.now() > end) throw new Error(`still ${now} and not ${status} after ${WITHIN_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.each(['allow', 'deny'] as const)('where the hub’s default is to %s', (fallback) => {
  const [usual, other] = fallback === 'allow' ? [1000, NO_AGREEMENT] : [NO_AGREEMENT, 1000];
  const effect = fallback === 'allow' ? 'deny' : 'allow';
  let hub: TestHub;
  let routers: Router[];
  let cpo: JoinedPlatform;
  let emsp: JoinedPlatform;

  beforeAll(async () => {
    const env = { AGREEMENT_DEFAULT: fallback };
    hub = await startHub(env);
    routers = [{ url: hub.settings.publicUrl, versionsUrl: hub.versionsUrl }, await hub.addRouter(env)];
    cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
    emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP'), party('DE*OTH', 'EMSP')]);
  });
  afterAll(() => hub.close());

  const rule = (more: object = {}): object => ({
    ...{ from: pair('NL*CPO'), to: pair('DE*MSP'), modules: ['sessions'], effect },
    ...more,
  });
  const eachRouter = (status: number, to = 'DE*MSP'): Promise<unknown> =>
    Promise.all(routers.map(({ versionsUrl }) => becomes(status, () => statusOf(cpo, to, versionsUrl))));

  it('a sole agreement changes what it names, at every router within a second, until it is withdrawn', async () => {
    await eachRouter(usual);
    const { id } = await hub.admin.ask<Made>('POST', '/agreements', rule());
    await eachRouter(other);
    for (const { versionsUrl } of routers) expect(await statusOf(cpo, 'DE*OTH', versionsUrl)).toBe(usual);
    await hub.admin.ask('DELETE', `/agreements/${id}`);
    await eachRouter(usual);
  });

  it('what is refused never reaches the other party', async () => {
    if (effect === 'deny') await hub.admin.ask('POST', '/agreements', rule());
    await eachRouter(NO_AGREEMENT);
    const before = emsp.received.length;
    for (const { versionsUrl } of routers) await statusOf(cpo, 'DE*MSP', versionsUrl);
    expect(emsp.received).toHaveLength(before);
    await sql(hub.settings.databaseUrl, 'DELETE FROM agreements');
  });

  it('a router whose notifications were cut off knows the agreements when it is back', async () => {
    await sql(
      hub.settings.databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'hub changes'`,
    );
    const { id } = await hub.admin.ask<Made>('POST', '/agreements', rule({ note: 'while cut off' }));
    await eachRouter(other);
    await hub.admin.ask('DELETE', `/agreements/${id}`);
    await eachRouter(usual);
  });

  it('a router that starts later knows them from its first message on', async () => {
    const { id } = await hub.admin.ask<Made>('POST', '/agreements', rule());
    const late = await hub.addRouter({ AGREEMENT_DEFAULT: fallback });
    expect(await statusOf(cpo, 'DE*MSP', late.versionsUrl)).toBe(other);
    await hub.admin.ask('DELETE', `/agreements/${id}`);
  });

  it('one that is not valid yet changes nothing until its time has come', async () => {
    const soon = new Date(Date.now() + 1_500).toISOString();
    const { id } = await hub.admin.ask<Made>('POST', '/agreements', rule({ valid_from: soon }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await statusOf(cpo, 'DE*MSP', hub.versionsUrl)).toBe(usual);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await statusOf(cpo, 'DE*MSP', hub.versionsUrl)).toBe(other);
    await hub.admin.ask('DELETE', `/agreements/${id}`);
  });
});

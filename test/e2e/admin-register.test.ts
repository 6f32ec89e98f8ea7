/** The operator lets the hub register itself at a real platform, and ends it again. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Listener } from '@app/testkit';
import {
  adminUnderTest,
  type AdminUnderTest,
  fieldsOf,
  HUB_VERSIONS_URL,
  party,
  TIME,
  TOKEN,
} from '../support/admin-api';

let admin: AdminUnderTest;

beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

/** A platform that takes the hub's registration, and keeps what it was asked. */
class Peer {
  readonly asked: { method: string; path: string; authorization: string; body: Record<string, unknown> }[] =
    [];
  readonly listener = new Listener((incoming, answer) => void this.serve(incoming, answer));
  status = 1000;

  constructor(private readonly roles: readonly object[]) {}

  get versionsUrl(): string {
    return `${this.listener.origin}/versions`;
  }

  private async serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const text = Buffer.concat(await incoming.toArray()).toString();
    const { method = '', url: path = '', headers } = incoming;
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    this.asked.push({ method, path, authorization: headers.authorization ?? '', body });
    const envelope = {
      status_code: this.status,
      timestamp: new Date().toISOString(),
      data: this.dataOf(path),
    };
    answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(envelope));
  }

  private dataOf(path: string): unknown {
    const { origin } = this.listener;
    const endpoint = (identifier: string) => ({
      identifier,
      role: 'SENDER',
      url: `${origin}/2.2.1/${identifier}`,
    });
    if (path === '/versions') return [{ version: '2.2.1', url: `${origin}/2.2.1` }];
    if (path === '/2.2.1') return { version: '2.2.1', endpoints: ['credentials', 'locations'].map(endpoint) };
    return { token: 'the-token-of-the-peer', url: this.versionsUrl, roles: this.roles };
  }
}

async function withPeer(roles: readonly object[], work: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = new Peer(roles.map((role) => ({ ...role, business_details: { name: 'Peer' } })));
  await peer.listener.start();
  await work(peer).finally(() => peer.listener.stop());
}

describe('the hub as initiator', () => {
  test('registers at a platform, shows it without any token, and unregisters there', async () => {
    await withPeer([party('FR', 'PRA', 'CPO')], async (peer) => {
      const { id, token_a } = await admin.made('Peer A', party('FR', 'PRA', 'CPO'));
      const given = { versions_url: peer.versionsUrl, token_a: 'token-a-of-the-peer' };
      const answer = await admin.post(`/platforms/${id}/register`, given);
      expect([answer.status, answer.body]).toEqual([200, (await admin.get(`/platforms/${id}`)).body]);
      expect(answer.body).toEqual({
        ...{ id, name: 'Peer A', status: 'CONNECTED', version: '2.2.1', peer_versions_url: peer.versionsUrl },
        token_encoding: 'base64',
        ...{ created_at: TIME, registered_at: TIME, last_seen: answer.body.last_seen },
        endpoints: expect.arrayContaining([
          { identifier: 'locations', role: 'SENDER', url: `${peer.listener.origin}/2.2.1/locations` },
        ]),
        parties: [{ ...party('FR', 'PRA', 'CPO'), status: 'CONNECTED', last_updated: TIME, held: true }],
      });
      expect(peer.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'GET /versions',
        'GET /2.2.1',
        'POST /2.2.1/credentials',
      ]);
      expect(peer.asked[0]?.authorization).toBe(
        `Token ${Buffer.from('token-a-of-the-peer').toString('base64')}`,
      );
      expect(peer.asked[2]?.body).toMatchObject({ url: HUB_VERSIONS_URL, token: TOKEN });
      const tokens = [
        'token-a-of-the-peer',
        'the-token-of-the-peer',
        token_a,
        String(peer.asked[2]?.body.token),
      ];
      const shown = JSON.stringify([
        answer.body,
        (await admin.get('/platforms?limit=500')).body,
        (await admin.get('/parties')).body,
      ]);
      for (const token of tokens) expect(shown).not.toContain(token);

      for (const again of [
        admin.post(`/platforms/${id}/register`, given),
        admin.post(`/platforms/${id}/token-a`),
      ]) {
        expect((await again).body).toMatchObject({ status: 409, code: 'already_registered' });
      }

      await admin.remove(`/platforms/${id}`).expect(204, '');
      expect(peer.asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/2.2.1/credentials' });
      const after = (await admin.get(`/platforms/${id}`)).body;
      expect(after).toMatchObject({ status: 'SUSPENDED', version: null, registered_at: null, endpoints: [] });
      expect(after.parties).toMatchObject([{ status: 'SUSPENDED', held: false }]);
      expect((await admin.remove(`/platforms/${id}`)).body).toMatchObject({
        status: 409,
        code: 'not_registered',
      });
      await admin.post(`/platforms/${id}/token-a`).expect(201);
    });
  });

  test('unregisters a platform that cannot be reached any more', async () => {
    await withPeer([party('FR', 'PRB', 'CPO')], async (peer) => {
      const { id } = await admin.made('Peer B');
      await admin
        .post(`/platforms/${id}/register`, { versions_url: peer.versionsUrl, token_a: 'a' })
        .expect(200);
      await peer.listener.stop();
      await admin.remove(`/platforms/${id}`).expect(204);
      expect((await admin.get(`/platforms/${id}`)).body.status).toBe('SUSPENDED');
    });
  });

  test('answers 409 when the platform claims a party of another one, or one that was not announced', async () => {
    await admin.made('Owner', party('FR', 'OWN', 'CPO'));
    await withPeer([party('FR', 'OWN', 'CPO')], async (peer) => {
      const given = { versions_url: peer.versionsUrl, token_a: 'a' };
      const thief = await admin.post(`/platforms/${(await admin.made('Thief')).id}/register`, given);
      expect(thief.body).toMatchObject({ status: 409, code: 'party_taken' });
      expect(thief.body.details[0].message).toContain('FR*OWN');
      expect(peer.asked.at(-1)?.method).toBe('DELETE');
    });
    await withPeer([party('FR', 'NEW', 'CPO')], async (peer) => {
      const { id } = await admin.made('Other', party('FR', 'OLD', 'CPO'));
      const answer = await admin.post(`/platforms/${id}/register`, {
        versions_url: peer.versionsUrl,
        token_a: 'a',
      });
      expect(answer.body).toMatchObject({ status: 409, code: 'party_not_announced' });
    });
  });

  test('says why a platform cannot be used', async () => {
    const { id } = await admin.made('Useless');
    await withPeer([], async (peer) => {
      peer.status = 2001;
      const refused = await admin.post(`/platforms/${id}/register`, {
        versions_url: peer.versionsUrl,
        token_a: 'a',
      });
      expect(refused.body).toMatchObject({ status: 400, code: 'peer_unusable' });
      expect(refused.body.details).toEqual([
        { field: 'versions_url', message: expect.stringContaining('OCPI 2001') },
      ]);
      await peer.listener.stop();
      const gone = await admin.post(`/platforms/${id}/register`, {
        versions_url: peer.versionsUrl,
        token_a: 'a',
      });
      expect(gone.body).toMatchObject({ status: 400, code: 'peer_unusable' });
    });
    expect((await admin.get(`/platforms/${id}`)).body.status).toBe('PLANNED');
  });

  test.each([
    [{}, ['versions_url', 'token_a']],
    [{ versions_url: 'ftp://x.example/', token_a: 'a' }, ['versions_url']],
    [{ versions_url: '/versions', token_a: 'a' }, ['versions_url']],
    [{ versions_url: 'https://user:pass@x.example/', token_a: 'a' }, ['versions_url']],
    [{ versions_url: `https://x.example/${'x'.repeat(255)}`, token_a: 'a' }, ['versions_url']],
    [{ versions_url: 'https://x.example/', token_a: 'with space' }, ['token_a']],
    [{ versions_url: 'https://x.example/', token_a: 'a', token: 'b' }, ['token']],
  ])('refuses to register with %j', async (body, fields) => {
    const answer = await admin.post(`/platforms/${(await admin.made('Input')).id}/register`, body);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
  });
});

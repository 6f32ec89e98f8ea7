/** What the operator reads of the handshakes of a platform: `GET /admin/v1/platforms/{id}/handshakes`. */
import { sendCall } from '@app/testkit';
import { encoded, OddPeer, THEIR_TOKEN_A, tokenOf } from '../support/odd-peer';

const peer = new OddPeer();
beforeAll(() => peer.start());
afterAll(() => peer.close());
beforeEach(() => peer.reset());

describe('the operator reads of each platform its handshakes,', () => {
  it('newest first, each with its step, the codes of both sides and the words of the platform', async () => {
    peer.program = () => ({
      body: '{"status_code":3000,"status_message":"Out \\u0007of  order","timestamp":"2026-01-01T00:00:00Z"}',
    });
    const attempt = await peer.registerThere();
    const first = attempt.answer;
    peer.program = ({ method }) => (method === 'DELETE' ? { data: null } : undefined);
    peer.endpoints = peer.endpoints.slice(0, 1);
    const second = await peer.registerAgain(attempt.id);
    expect([first.httpStatus, second.httpStatus]).toEqual([400, 400]);
    const base = { began_by: 'hub', kind: 'register', outcome: 'refused' };
    expect(await peer.rowsOf(attempt)).toMatchObject([
      {
        ...base,
        step: 'version_details',
        code: 'no_common_endpoints',
        http_status: 200,
        ocpi_status: 1000,
        version: '2.2.1',
      },
      {
        ...base,
        step: 'versions',
        code: 'peer_unusable',
        http_status: 200,
        ocpi_status: 3000,
        peer_said: 'Out of order',
      },
    ]);
  });

  it('with the correlation id that the answer of the admin API carried, and in the audit log', async () => {
    peer.program = () => ({ status: 503, body: 'down' });
    const attempt = await peer.registerThere();
    const [row] = await peer.rowsOf(attempt);
    expect(row!.correlation_id).toBe(attempt.answer.headers['x-correlation-id']);
    expect(row).toMatchObject({ peer_said: 'down', http_status: 503, ocpi_status: null });
    const audit = await peer.hub.admin.ask<{ data: object[] }>(
      'GET',
      `/audit?outcome=refused&target=platforms/${attempt.id}`,
    );
    expect(audit.data).toMatchObject([{ action: 'registerAtPlatform', error: 'peer_unusable' }]);
  });

  it('never a token, whatever the platform says', async () => {
    peer.program = ({ headers }, url) => {
      const seen = tokenOf(headers.authorization);
      if (url === '/2.2.1/credentials')
        return { body: JSON.stringify({ token: 'their-token-c-without-envelope' }) };
      return url === '/2.2.1' ? undefined : { ...peer.usual(url), headers: { 'X-Seen': seen } };
    };
    const attempt = await peer.registerThere();
    peer.program = ({ headers }) => ({
      status: 400,
      body: `bad ${headers.authorization} ${Buffer.from(tokenOf(headers.authorization), 'base64').toString()}`,
    });
    await peer.registerAgain(attempt.id, `/versions?key=${THEIR_TOKEN_A}`);
    const rows = JSON.stringify(await peer.rowsOf(attempt));
    expect(rows).toContain('***');
    for (const secret of ['their-token-c', 'token-a-of-the-platform', encoded('token-a-of-the-platform')]) {
      expect(rows).not.toContain(secret);
    }
  });

  it('at most fifty', async () => {
    const attempt = await peer.register({});
    const { token_a: token } = await peer.hub.admin.tokenA(attempt.id);
    const url = peer.hub.versionsUrl.replace('versions', '2.2.1/credentials');
    for (let n = 0; n < 52; n += 1) await sendCall({ method: 'PUT', url, token, body: {} });
    const rows = await peer.rowsOf(attempt);
    expect(rows).toHaveLength(50);
    expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(['not_registered']));
  });

  it('a DELETE that the platform refuses among them', async () => {
    const attempt = await peer.register();
    peer.program = ({ method }) =>
      method === 'DELETE' ? { status: 405, body: '{"detail":"Method Not Allowed"}' } : undefined;
    await peer.hub.admin.unregister(attempt.id);
    expect(await peer.rowsOf(attempt)).toMatchObject([
      {
        kind: 'unregister',
        began_by: 'hub',
        outcome: 'refused',
        http_status: 405,
        peer_said: '{"detail":"Method Not Allowed"}',
      },
      { kind: 'register', began_by: 'platform', outcome: 'succeeded' },
    ]);
  });

  it('and last_seen counts them, failed ones as well', async () => {
    peer.program = () => ({ status: 500, body: 'down' });
    const attempt = await peer.register();
    const [row] = await peer.rowsOf(attempt);
    expect(await peer.hub.admin.show(attempt.id)).toMatchObject({ last_seen: row!.at });
  });
});

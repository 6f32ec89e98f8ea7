/**
 * Handshakes with platforms that answer as real ones were seen to.
 *
 * Spec: 2.2.1-d2 credentials; version_information_endpoint; transport_and_format, Authorization header.
 */
import {
  encoded,
  messageOf,
  type OddAnswer,
  OddPeer,
  type OddProgram,
  THEIR_TOKEN,
  tokenOf,
} from '../support/odd-peer';

const peer = new OddPeer();
beforeAll(() =>
  peer.start({ HUB_WEBSITE: 'https://hub.example/', HUB_LOGO_URL: 'https://hub.example/logo.JPG?v=2' }),
);
afterAll(() => peer.close());
beforeEach(() => peer.reset());

it('a token that is refused encoded (401) and breaks the peer plainly (500) is reported as the 401', async () => {
  peer.program = ({ headers }) =>
    tokenOf(headers.authorization) === encoded(THEIR_TOKEN)
      ? { status: 401, body: '{"detail":"Invalid token."}' }
      : { status: 500, body: '<h1>Server Error</h1>' };
  const attempt = await peer.register();
  expect(messageOf(attempt)).toMatch(/versions: HTTP 401, no OCPI message "\{"detail":"Invalid token."\}"$/);
  expect(await peer.rowsOf(attempt)).toMatchObject([
    { http_status: 401, ocpi_status: null, peer_said: '{"detail":"Invalid token."}', step: 'versions' },
  ]);
});

it('one that takes no answer plainly is reported as the 401, too', async () => {
  peer.program = (request) => {
    if (tokenOf(request.headers.authorization) !== encoded(THEIR_TOKEN)) request.socket.destroy();
    return {
      status: 401,
      body: '{"status_code":2001,"status_message":"Unknown token","timestamp":"2026-01-01T00:00:00Z"}',
    };
  };
  expect(messageOf(await peer.register())).toMatch(/HTTP 401, OCPI 2001 "Unknown token"$/);
});

it('a status_code that is a string is read as the number, in the handshake and in messages', async () => {
  const answer = (data: unknown): OddAnswer => ({
    body: JSON.stringify({ data, status_code: '1000', timestamp: '2026-01-01T00:00:00+00:00' }),
  });
  peer.program = (_, url) => answer(peer.usual(url).data ?? {});
  const role = peer.roleOf();
  const attempt = await peer.register({ token: THEIR_TOKEN, url: `${peer.origin}/versions`, roles: [role] });
  expect(attempt.answer.json().status_code).toBe(1000);
  await peer.hub.admin.ask('POST', `/platforms/${attempt.id}/approve`, {});
  const emsp = await peer.hub.join('emsp', [{ countryCode: 'DE', partyId: 'MS1', role: 'EMSP' }]);
  const { party_id: partyId } = role as { party_id: string };
  const got = await emsp.call({
    ...{ module: 'tokens', interfaceRole: 'RECEIVER', method: 'GET', rest: '/DE/MS1/1' },
    to: { countryCode: 'NL', partyId, role: 'CPO' },
  });
  expect(got.body.toString()).toContain('"status_code":"1000"');
});

describe('a module that the specification does not know', () => {
  it.each([
    [
      'without a role',
      { identifier: 'x-bookings', url: 'https://peer.example/bookings' },
      /endpoints\[2\].*role of x-bookings/,
    ],
    [
      'with a URL that is none',
      { identifier: 'x-bookings', role: 'SENDER', url: '/bookings' },
      /url of x-bookings/,
    ],
  ])('%s is left out with a note and stops nothing', async (_, endpoint, note) => {
    peer.endpoints.push(endpoint);
    const attempt = await peer.register();
    expect(attempt.answer.json().status_code).toBe(1000);
    const { endpoints: kept } = await peer.hub.admin.show(attempt.id);
    expect((kept as { identifier: string }[]).map(({ identifier }) => identifier).sort()).toEqual([
      'credentials',
      'tokens',
    ]);
    const [row] = await peer.rowsOf(attempt);
    expect(row).toMatchObject({ outcome: 'succeeded', code: null, reason: expect.stringMatching(note) });
  });
});

describe('a url of credentials that is no versions URL', () => {
  const details = (): string => `${peer.origin}/2.2.1`;

  it('is told apart in a registration: the versions URL is wanted', async () => {
    const message = messageOf(await peer.register(peer.theirs(details())));
    expect(message).toMatch(/these are the details of a version, and the URL of its versions is wanted/);
  });

  it('is not kept when the hub registers: the URL that worked is, and the operator reads why', async () => {
    peer.program = ({ method }, url) =>
      url === '/2.2.1/credentials' && method === 'POST' ? { data: peer.theirs(details()) } : undefined;
    const attempt = await peer.registerThere();
    expect(attempt.answer.json()).toMatchObject({
      peer_versions_url: `${peer.origin}/versions`,
      status: 'CONNECTED',
    });
    const [row] = await peer.rowsOf(attempt);
    expect(row).toMatchObject({ began_by: 'hub', outcome: 'succeeded', step: 'save', http_status: 200 });
    expect(row!.reason).toMatch(/no versions URL, http:\S+\/versions is kept/);
  });

  it('is not kept in an update', async () => {
    const attempt = await peer.register();
    const { roles } = peer.theirs() as { roles: object[] };
    const update = await peer.register({ token: THEIR_TOKEN, url: details(), roles }, 'PUT', attempt);
    expect(update.answer.json().status_code).toBe(1000);
    expect(await peer.hub.admin.show(attempt.id)).toMatchObject({
      peer_versions_url: `${peer.origin}/versions`,
    });
    expect((await peer.rowsOf(attempt))[0]!.reason).toMatch(/is kept/);
  });

  it('is corrected by the operator, with one that answers as such', async () => {
    peer.program = (_, url) => (url === '/other' ? peer.usual('/versions') : undefined);
    const { id } = await peer.register();
    const change = (url: string) => peer.hub.admin.send('PATCH', `/platforms/${id}`, { versions_url: url });
    const refused = await change(details());
    expect([refused.httpStatus, refused.body.toString()]).toEqual([
      400,
      expect.stringContaining('details of a version'),
    ]);
    expect((await change(`${peer.origin}/other`)).json()).toMatchObject({
      peer_versions_url: `${peer.origin}/other`,
    });
    expect(peer.asked.at(-1)!.token).toBe(encoded(THEIR_TOKEN));
    const { id: other } = await peer.hub.admin.createPlatform('not registered');
    const early = await peer.hub.admin.send('PATCH', `/platforms/${other}`, {
      versions_url: `${peer.origin}/other`,
    });
    expect(early.httpStatus).toBe(409);
  });

  it('is kept when it answers as one', async () => {
    peer.program = ({ method }, url) => {
      if (url === '/other') return peer.usual('/versions');
      return url === '/2.2.1/credentials' && method === 'POST'
        ? { data: peer.theirs(`${peer.origin}/other`) }
        : undefined;
    };
    const attempt = await peer.registerThere();
    expect(attempt.answer.json()).toMatchObject({ peer_versions_url: `${peer.origin}/other` });
  });
});

describe('a redirect to the same URL with a last slash', () => {
  beforeEach(() => peer.reset('/slashed'));

  const slash: OddProgram = ({ method }, url) => {
    if (!url.endsWith('/')) return { status: 307, headers: { Location: `${peer.origin}${url}/` }, body: '' };
    if (url === `${peer.base}/2.2.1/credentials/` && method === 'POST')
      return { data: peer.theirs(`${peer.origin}${peer.base}/versions/`) };
    return peer.usual(url.slice(0, -1));
  };

  it('is followed when a platform registers, and its URL is the one with the slash', async () => {
    peer.program = slash;
    const attempt = await peer.register(peer.theirs(`${peer.origin}${peer.base}/versions`));
    expect(attempt.answer.json().status_code).toBe(1000);
    expect(await peer.hub.admin.show(attempt.id)).toMatchObject({
      peer_versions_url: `${peer.origin}${peer.base}/versions/`,
    });
  });

  it('is followed when the hub registers: the POST arrives with its body, and its endpoint has the slash', async () => {
    peer.program = slash;
    const attempt = await peer.registerThere(`${peer.base}/versions`);
    expect(attempt.answer.json()).toMatchObject({
      peer_versions_url: `${peer.origin}${peer.base}/versions/`,
      endpoints: expect.arrayContaining([
        { identifier: 'credentials', role: 'SENDER', url: `${peer.origin}${peer.base}/2.2.1/credentials/` },
      ]),
    });
  });

  it.each(['http://localhost:1/versions/', 'https://127.0.0.1/versions/', '/elsewhere'])(
    'to %s instead is not followed: no token goes there, and the answer says where it led',
    async (location) => {
      peer.program = () => ({ status: 307, headers: { Location: location }, body: '' });
      const attempt = await peer.register();
      expect(messageOf(attempt)).toContain(`HTTP 307, leads to ${location}`);
      expect(peer.asked.map(({ url }) => url)).toEqual(['/versions']);
    },
  );
});

it('every request of a handshake carries one User-Agent, one Accept and the correlation id of the handshake', async () => {
  const attempt = await peer.register();
  for (const { headers } of peer.asked) {
    expect(headers).toMatchObject({
      'user-agent': expect.stringMatching(/^ocpi-roaming-hub\/\d+\.\d+\.\d+$/),
      accept: 'application/json',
      'x-correlation-id': attempt.answer.correlationId,
    });
  }
  expect(await peer.rowsOf(attempt)).toMatchObject([{ correlation_id: attempt.answer.correlationId }]);
});

it('the hub shows its website and its logo, with what the Image class asks for', async () => {
  const { data } = (await peer.register()).answer.json<{ data: { roles: { business_details: object }[] } }>();
  expect(data.roles[0]!.business_details).toEqual({
    ...{ name: peer.hub.settings.hubName, website: 'https://hub.example/' },
    logo: { url: 'https://hub.example/logo.JPG?v=2', category: 'NETWORK', type: 'jpeg' },
  });
});

describe('credentials that are refused say what to write instead:', () => {
  const with_ = (role: object) => ({
    token: THEIR_TOKEN,
    url: `${peer.origin}/versions`,
    roles: [peer.roleOf(role)],
  });

  it.each([
    [
      'a role in small letters',
      () => with_({ role: 'cpo' }),
      /roles\[0\]\.role must be one of CPO, EMSP, NAP, NSP, OTHER, SCSP, in capitals; not "cpo"/,
    ],
    ['no role', () => with_({ role: undefined }), /must be one of CPO.*; it is missing/],
    ['a role of controls', () => with_({ role: 'C\u0000\nPO' }), /not "C/],
    ['the role HUB', () => with_({ role: 'HUB' }), /a hub cannot be a platform of a hub/],
    [
      'credentials of 2.1.1',
      () => ({
        token: THEIR_TOKEN,
        url: `${peer.origin}/versions`,
        party_id: 'TNM',
        country_code: 'NL',
        business_details: {},
      }),
      /Credentials object of OCPI 2\.1\.1.*roles: \[\{role, country_code, party_id/,
    ],
  ])('%s', async (_, body, words) => {
    const attempt = await peer.register(body());
    expect([attempt.answer.json().status_code, messageOf(attempt)]).toEqual([
      2001,
      expect.stringMatching(words),
    ]);
    expect(await peer.rowsOf(attempt)).toMatchObject([
      {
        step: 'request',
        outcome: 'refused',
        code: 'credentials_malformed',
        http_status: null,
        peer_said: null,
      },
    ]);
  });
});

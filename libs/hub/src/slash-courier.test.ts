import { type Courier, type CourierAnswer, type CourierRequest } from './ports';
import { slashCourier } from './slash-courier';

const OK: CourierAnswer = { httpStatus: 200, headers: {}, body: Buffer.from('{}') };
const BODY = Buffer.from('{"a":1}');

/** A peer that answers each URL as written here, and 200 to all others. */
function peer(redirects: Readonly<Record<string, CourierAnswer>>) {
  const sent: CourierRequest[] = [];
  const courier: Courier = {
    send: async (request) => {
      sent.push(request);
      return redirects[request.url] ?? OK;
    },
    close: async () => undefined,
  };
  let clock = 0;
  const slash = slashCourier(courier, () => (clock += 100));
  const send = (url: string, method = 'POST') =>
    slash.send({ platformId: 'p', method, url, headers: ['X', '1'], body: BODY, timeoutMs: 1_000 });
  return { sent, send, urls: () => sent.map(({ url }) => url) };
}

const to = (location: string, httpStatus = 307): CourierAnswer => ({
  httpStatus,
  headers: { location },
  body: Buffer.alloc(0),
});

describe('a redirect between a URL with a last slash and without it', () => {
  it.each([
    ['https://p.example/ocpi/cdrs', 'https://p.example/ocpi/cdrs/', 'https://p.example/ocpi/cdrs/'],
    ['https://p.example/ocpi/cdrs', '/ocpi/cdrs/', 'https://p.example/ocpi/cdrs/'],
    ['https://p.example/ocpi/cdrs/', '/ocpi/cdrs', 'https://p.example/ocpi/cdrs'],
    [
      'https://p.example/cdrs?offset=0&limit=2',
      '/cdrs/?offset=0&limit=2',
      'https://p.example/cdrs/?offset=0&limit=2',
    ],
    ['https://P.example:443/cdrs', 'https://p.example/cdrs/', 'https://P.example:443/cdrs/'],
  ])('of %s is followed, method and body kept', async (url, location, found) => {
    const { send, sent } = peer({ [url]: to(location) });
    const answer = await send(url);
    expect(answer).toMatchObject({ httpStatus: 200, url: found });
    expect(sent[1]).toMatchObject({
      method: 'POST',
      url: found,
      body: BODY,
      headers: ['X', '1'],
      timeoutMs: 900,
    });
  });

  it('is followed for 308, and known from then on, whatever the query', async () => {
    const { send, urls } = peer({ 'https://p.example/cdrs': to('/cdrs/', 308) });
    await send('https://p.example/cdrs');
    const answer = await send('https://p.example/cdrs?offset=2');
    expect(answer.url).toBe('https://p.example/cdrs/?offset=2');
    expect(urls()).toEqual([
      'https://p.example/cdrs',
      'https://p.example/cdrs/',
      'https://p.example/cdrs/?offset=2',
    ]);
  });

  it('is forgotten when the platform does not serve the other form any more', async () => {
    const gone = { httpStatus: 404, headers: {}, body: Buffer.alloc(0) };
    const answers: Record<string, CourierAnswer> = { 'https://p.example/cdrs': to('/cdrs/') };
    const { send, urls } = peer(answers);
    await send('https://p.example/cdrs');
    Object.assign(answers, { 'https://p.example/cdrs': OK, 'https://p.example/cdrs/': gone });
    expect((await send('https://p.example/cdrs')).httpStatus).toBe(404);
    expect((await send('https://p.example/cdrs')).httpStatus).toBe(200);
    expect(urls()).toHaveLength(4);
  });

  it('is followed once: one that leads back is an answer like any other', async () => {
    const { send, sent } = peer({ 'https://p.example/a': to('/a/'), 'https://p.example/a/': to('/a') });
    expect(await send('https://p.example/a')).toMatchObject({ httpStatus: 307 });
    expect(sent).toHaveLength(2);
  });
});

it.each([
  ['another origin', to('https://evil.example/cdrs/')],
  ['another scheme', to('http://p.example/cdrs/')],
  ['another port', to('https://p.example:8443/cdrs/')],
  ['another path', to('/other/cdrs/')],
  ['another query', to('/cdrs/?key=1')],
  ['a user name', to('https://a@p.example/cdrs/')],
  ['no URL', to('https://[')],
  ['nothing', { httpStatus: 307, headers: {}, body: Buffer.alloc(0) }],
  ['a 302', to('/cdrs/', 302)],
  ['a 301', to('/cdrs/', 301)],
])('a redirect to %s is not followed', async (_, answer) => {
  const { send, sent } = peer({ 'https://p.example/cdrs': answer });
  expect(await send('https://p.example/cdrs')).toBe(answer);
  expect(sent).toHaveLength(1);
});

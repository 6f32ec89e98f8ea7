/** CDRs and next pages, read back through the hub over real sockets. */
import {
  type CallAnswer,
  fixtureFor,
  type ProgrammedAnswer,
  type ReceivedRequest,
  success,
} from '@app/testkit';
import {
  CPO,
  DAY_MS,
  type DetourWorld,
  EMSP,
  last,
  laterBy,
  startDetourWorld,
  statusOf,
} from '../support/detours';

let world: DetourWorld;
let { hub, cpo, emsp, stranger } = {} as DetourWorld;

beforeAll(async () => {
  world = await startDetourWorld();
  ({ hub, cpo, emsp, stranger } = world);
});
afterAll(() => world.hub.close());
afterEach(() => world.reset());

describe('the Location of a CDR', () => {
  const post = (): Promise<CallAnswer> => {
    const { body } = fixtureFor(
      { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST' },
      { cpo: CPO, emsp: EMSP },
    );
    const to = { from: 'NL*CPO', to: 'DE*MSP', module: 'cdrs', interfaceRole: 'RECEIVER' } as const;
    return cpo.call({ ...to, method: 'POST', body });
  };

  it('leads back to the CDR as long as a callback URL works, also through a router that was started after it', async () => {
    emsp.answerWith(() => ({
      httpStatus: 200,
      headers: { Location: `${emsp.endpoint('cdrs', 'RECEIVER')}/..//CDR%2D1?v=2` },
    }));
    const { location } = (await post()).headers;
    expect(location).toMatch(/\/ocpi\/2\.2\.1\/callback\/[\w-]{24}$/);
    const restarted = await hub.addRouter();
    laterBy(29 * DAY_MS);
    const url = location!.replace(/^http:\/\/[^/]+/, new URL(restarted.versionsUrl).origin);
    emsp.answerWith(() => ({ body: success('{"id":"CDR-1","total":1.00}') }));
    const answer = await cpo.follow(url);
    expect([last(emsp).method, last(emsp).rawUrl]).toEqual([
      'GET',
      '/ocpi/2.2.1/receiver/cdrs/..//CDR%2D1?v=2',
    ]);
    expect(answer.body.toString()).toContain('"total":1.00');
    expect(statusOf(await stranger.follow(url))).toEqual([404, 2000]);
    expect(statusOf(await cpo.follow(url, 'POST', { body: {} }))).toEqual([405, 2000]);
    laterBy(2 * DAY_MS);
    expect(statusOf(await cpo.follow(url))).toEqual([404, 2000]);
  });

  it('that is relative is relative to the request; one on a foreign host is left out', async () => {
    emsp.answerWith(() => ({ headers: { Location: 'cdrs/CDR-2' } }));
    await cpo.follow((await post()).headers.location!);
    expect(last(emsp).rawUrl).toBe('/ocpi/2.2.1/receiver/cdrs/CDR-2');
    emsp.answerWith(() => ({ headers: { Location: `${stranger.origin}/cdrs/1` } }));
    const answer = await post();
    expect([answer.httpStatus, answer.headers.location]).toEqual([201, undefined]);
  });
});

describe('a paged list', () => {
  const list = (): Promise<CallAnswer> =>
    emsp.call({
      ...{ from: 'DE*MSP', to: 'NL*CPO', module: 'cdrs', interfaceRole: 'SENDER', method: 'GET' },
      query: 'offset=0&date_from=2026-01-01T00:00:00Z',
    });
  const urlIn = (link: unknown): string | undefined => /<([^>]*)>/.exec(String(link))?.[1];

  /** Pages of seven objects, with a Link that is written in another way on every page. */
  function page(request: ReceivedRequest, total: number): ProgrammedAnswer {
    const offset = Number(new URLSearchParams(request.query).get('offset'));
    const next = `offset=${offset + 7}&limit=7`;
    const path = request.path;
    const forms = [
      `<${cpo.origin}${path}?${next}>; rel="next"`,
      `<${path}?${next}>;rel=next`,
      `<?${next}>; REL='Next'; title="a, b"`,
      `<${path}>; rel="first", < cdrs?${next} > ; rel="last next"`,
    ];
    const objects = Array.from({ length: Math.min(7, total - offset) }, (_, index) => ({
      id: offset + index,
    }));
    const headers = { 'X-Total-Count': String(total), 'X-Limit': '7' };
    const link = offset + 7 < total ? forms[(offset / 7) % forms.length]! : null;
    return { body: success(JSON.stringify(objects)), headers: { ...headers, Link: link } };
  }

  it('of 1,000 objects is read through the hub, every object once, and a page can be read again', async () => {
    cpo.answerWith((request) => page(request, 1_000));
    const ids: number[] = [];
    let pages = 0;
    for (let answer = await list(); pages < 200; pages++) {
      ids.push(...(answer.json().data as { id: number }[]).map(({ id }) => id));
      expect(answer.headers['x-total-count']).toBe('1000');
      const url = urlIn(answer.headers.link);
      if (!url) break;
      expect(url).toContain('/callback/');
      const again = pages === 5 ? (await emsp.follow(url)).body : undefined;
      answer = await emsp.follow(url);
      if (again) expect(answer.json().data).toEqual((JSON.parse(again.toString()) as { data: unknown }).data);
    }
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    expect(pages).toBe(142);
  }, 60_000);

  it('names the next page alone, whatever else stands in the header', async () => {
    cpo.answerWith(() => ({
      headers: { Link: '<https://x/1>; rel="prev", </n>; rel=next;x, <b>;rel="last"' },
    }));
    const { link } = (await list()).headers;
    expect(String(link)).toMatch(
      /^<http[^>]*callback\/[\w-]{24}\?offset=[1-9]\d*&limit=\d+[^>]*>; rel="next"$/,
    );
  });

  it('whose next page is on a foreign host is refused with a reason, not cut short', async () => {
    cpo.answerWith(() => ({ headers: { Link: `<${stranger.origin}/n>; rel="next"` } }));
    const answer = await list();
    expect(statusOf(answer)).toEqual([200, 4000]);
    expect(answer.json().status_message).toContain(stranger.origin.slice('http://'.length));
  });

  it('is 404 to others at once, and to its reader after hours', async () => {
    cpo.answerWith(() => ({ headers: { Link: '<?page=2>; rel="next"' } }));
    const url = urlIn((await list()).headers.link)!;
    expect(statusOf(await stranger.follow(url))).toEqual([404, 2000]);
    laterBy(11 * 3_600_000);
    expect(statusOf(await emsp.follow(url))).toEqual([200, 1000]);
    laterBy(2 * 3_600_000);
    expect(statusOf(await emsp.follow(url))).toEqual([404, 2000]);
  });
});

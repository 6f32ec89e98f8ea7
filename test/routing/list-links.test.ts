/** Clients that read `offset` and `limit` out of the hub's `Link` and ask the list again. */
import { type AnswerProgram, nextPageUrl, readByOffset, success } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const EMSP = party('DE*MSP', 'EMSP');
const ALL = Array.from({ length: 25 }, (_, n) => `S${n}`);
const session = (id: string): string =>
  `{"country_code":"NL","party_id":"CPO","id":"${id}","last_updated":"2024-01-01T00:00:00Z"}`;

/** Pages of 10, found by `name`; only a page that is asked for by it is another one than the first. */
const pagedBy =
  (name: string, width: number): AnswerProgram =>
  ({ query, path }) => {
    const page = Number(new URLSearchParams(query).get(name) ?? 0) / width;
    const data = ALL.slice(page * 10, page * 10 + 10).map(session);
    const link = page < 2 ? `<${path}?${name}=${(page + 1) * width}>; rel="next"` : null;
    return { body: success(`[${data.join()}]`), headers: { Link: link } };
  };

let hub: TestHub;
let emsp: JoinedPlatform;
let cpo: JoinedPlatform;
beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [EMSP]);
});
afterAll(() => hub.close());

/** The ids that a client reads that takes `offset` and `limit` alone from each `Link`. */
async function idsByOffset(to: string | typeof HUB_PARTY, limit: number): Promise<string[]> {
  const call = { module: 'sessions', interfaceRole: 'SENDER', method: 'GET', to } as const;
  const source = {
    ask: (query: string) => emsp.call({ ...call, query }),
    follow: (url: string) => emsp.follow(url),
  };
  const pages = await readByOffset(source, `limit=${limit}&date_from=2020-01-01T00:00:00Z`, 50);
  for (const url of pages.flatMap((page) => nextPageUrl(page) ?? []))
    expect(new URL(url).searchParams.get('date_from')).toBe('2020-01-01T00:00:00Z');
  return pages.flatMap((page) => page.json<{ data: { id: string }[] }>().data.map(({ id }) => id));
}

const PEERS = [
  ['offsets', pagedBy('offset', 10)],
  ['an opaque key', pagedBy('key', 1)],
] as const;

test.each(PEERS)(
  'a direct list of a peer that pages by %s is read whole by offset and limit',
  async (_, peer) => {
    cpo.answerWith(peer);
    expect(await idsByOffset('NL*CPO', 10)).toEqual(ALL);
  },
);

test.each(PEERS)(
  'a GET All of a peer that pages by %s is read whole by offset and limit',
  async (_, peer) => {
    cpo.answerWith(peer);
    for (const limit of [4, 10, 100]) expect(await idsByOffset(HUB_PARTY, limit)).toEqual(ALL);
  },
);

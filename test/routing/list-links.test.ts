/** Clients that read `offset` and `limit` out of the hub's `Link` and ask the list again. */
import { type AnswerProgram, success } from '@app/testkit';
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

/** Takes `offset` and `limit` alone from each `Link`. */
async function readByOffset(to: string | typeof HUB_PARTY, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let place: string | undefined = `limit=${limit}`;
  for (let requests = 0; place !== undefined && requests < 50; requests++) {
    const query: string = `${place}&date_from=2020-01-01T00:00:00Z`;
    const answer = await emsp.call({ module: 'sessions', interfaceRole: 'SENDER', method: 'GET', query, to });
    seen.push(...answer.json<{ data: { id: string }[] }>().data.map(({ id }) => id));
    const url = /<([^>]+)>/.exec(String(answer.headers.link ?? ''))?.[1];
    const next: URLSearchParams | undefined = url === undefined ? undefined : new URL(url).searchParams;
    if (next) expect(next.get('date_from')).toBe('2020-01-01T00:00:00Z');
    place = next && `offset=${next.get('offset')}&limit=${next.get('limit')}`;
  }
  return seen;
}

const PEERS = [
  ['offsets', pagedBy('offset', 10)],
  ['an opaque key', pagedBy('key', 1)],
] as const;

test.each(PEERS)(
  'a direct list of a peer that pages by %s is read whole by offset and limit',
  async (_, peer) => {
    cpo.answerWith(peer);
    expect(await readByOffset('NL*CPO', 10)).toEqual(ALL);
  },
);

test.each(PEERS)(
  'a GET All of a peer that pages by %s is read whole by offset and limit',
  async (_, peer) => {
    cpo.answerWith(peer);
    for (const limit of [4, 10, 100]) expect(await readByOffset(HUB_PARTY, limit)).toEqual(ALL);
  },
);

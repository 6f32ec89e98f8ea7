import { ListWalk, type NextPage, type WalkedPage } from './list-walk';
import { nameOf } from './object-name';

const BASE = 'https://cpo.example/list';
const urlAt = (offset: number): string => `${BASE}?offset=${offset}&limit=10`;
const OPTIONS = { urlAt, limit: 10, memory: 100 };
const NONE: NextPage = { kind: 'none' };

const item = (id: number | string): Buffer =>
  Buffer.from(`{"country_code":"NL","party_id":"CPO","id":"${id}"}`);
const items = (from: number, to: number): Buffer[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, n) => item(from + n));
const own = (url: string): NextPage => ({ kind: 'own', url });

type Peer = (url: string) => Partial<WalkedPage>;

const asked = (url: string, name: string, otherwise: number): number =>
  Number(new URL(url).searchParams.get(name) ?? otherwise);
const offsetOf = (url: string): number => asked(url, 'offset', 0);

/** A list of 25 that honours `offset`, in pages of 10. */
const honest = (url: string): Buffer[] => items(offsetOf(url), Math.min(offsetOf(url) + 10, 25));

/** Walks to the end, through plain data after each page as a reader's requests do. */
function walkOf(peer: Peer, options = OPTIONS) {
  const seen: string[] = [];
  const urls: string[] = [];
  let walk = new ListWalk(options);
  while (!walk.isOver && urls.length < 50) {
    urls.push(walk.url);
    const page = { elements: [], next: NONE, total: undefined, limit: undefined, ...peer(walk.url) };
    const news = walk.take(page, page.elements.map(nameOf));
    seen.push(
      ...page.elements
        .filter((_, n) => news[n])
        .map((body) => (JSON.parse(String(body)) as { id: string }).id),
    );
    if (!walk.isOver) walk = new ListWalk(options, JSON.parse(JSON.stringify(walk.snapshot())) as never);
  }
  return { seen, requests: urls.length, shortage: walk.shortage, isWhole: walk.isWhole };
}

const ALL = Array.from({ length: 25 }, (_, n) => String(n));
const pageOf = (url: string): number => asked(url, 'page', 0);
const paged = (page: number): Buffer[] => items(page * 10, Math.min(page * 10 + 10, 25));
const linkTo = (page: number): NextPage => own(`${BASE}?page=${page}`);

const WHOLE: readonly [string, Peer, number][] = [
  [
    'offsets, Link and total',
    (url) => ({
      elements: honest(url),
      total: 25,
      next: offsetOf(url) < 20 ? own(urlAt(offsetOf(url) + 10)) : NONE,
    }),
    3,
  ],
  ['offsets and total, no Link', (url) => ({ elements: honest(url), total: 25 }), 3],
  ['neither Link nor total', (url) => ({ elements: honest(url) }), 3],
  ['total 0 on every page', (url) => ({ elements: honest(url), total: 0 }), 3],
  ['a total that is too small', (url) => ({ elements: honest(url), total: 12 }), 3],
  [
    'the number of objects of the page for a total',
    (url) => ({ elements: honest(url), total: honest(url).length }),
    3,
  ],
  [
    'pages that are shorter than its X-Limit says, and a total',
    (url) => ({ elements: honest(url).slice(0, 4), total: 25, limit: 10 }),
    7,
  ],
  [
    'opaque Links',
    (url) => ({ elements: paged(pageOf(url)), next: pageOf(url) < 2 ? linkTo(pageOf(url) + 1) : NONE }),
    3,
  ],
  [
    'opaque Links also on empty pages, and a total',
    (url) => ({ elements: paged(pageOf(url)), next: linkTo(pageOf(url) + 1), total: 25 }),
    4,
  ],
  ['a Link to the same page, but offsets', (url) => ({ elements: honest(url), next: own(url) }), 4],
  ['a Link to the list, but offsets', (url) => ({ elements: honest(url), next: own(BASE), total: 25 }), 4],
  [
    'a Link to another host, but offsets',
    (url) => ({ elements: honest(url), next: { kind: 'elsewhere', where: 'localhost:80' } }),
    4,
  ],
  ['all objects whatever is asked', () => ({ elements: items(0, 25) }), 2],
  ['all objects whatever is asked, and a total', () => ({ elements: items(0, 25), total: 25 }), 2],
  [
    'pages that overlap',
    (url) => ({
      elements: items(Math.max(offsetOf(url) - 3, 0), Math.min(offsetOf(url) + 10, 25)),
      total: 25,
    }),
    3,
  ],
  [
    'empty pages between',
    (url) => ({
      elements: pageOf(url) % 3 === 0 ? paged(pageOf(url) / 3) : [],
      next: pageOf(url) < 6 ? linkTo(pageOf(url) + 1) : NONE,
    }),
    7,
  ],
];

test.each(WHOLE)('a peer with %s is read whole, each object once', (_, peer, requests) => {
  expect(walkOf(peer)).toEqual({ seen: ALL, requests, shortage: undefined, isWhole: true });
});

const FIRST = ALL.slice(0, 10);
const SHORT: readonly [string, Peer, number, string][] = [
  ['ignores offset', () => ({ elements: items(0, 10) }), 2, 'its pages repeat'],
  [
    'ignores offset and says how many there are',
    () => ({ elements: items(0, 10), total: 25 }),
    2,
    '15 of 25 objects',
  ],
  [
    'links on from one page for ever',
    (url) => ({ elements: items(0, 10), next: linkTo(pageOf(url) + 1) }),
    4,
    'its pages repeat',
  ],
  [
    'leads in a circle',
    (url) => ({ elements: paged(0), next: linkTo((pageOf(url) + 1) % 2) }),
    3,
    'its pages repeat',
  ],
  [
    'links to another host and ignores offset',
    () => ({ elements: items(0, 10), next: { kind: 'elsewhere', where: 'evil.example:443' } }),
    2,
    'evil.example',
  ],
  [
    'promises more than it has',
    (url) => ({ elements: items(offsetOf(url), 10), total: 12 }),
    2,
    '2 of 12 objects',
  ],
];

test.each(SHORT)(
  'a peer that %s ends within a few requests, and says what is missing',
  (_, peer, requests, why) => {
    const walked = walkOf(peer);
    expect(walked).toMatchObject({ seen: FIRST, requests, isWhole: false });
    expect(walked.shortage).toContain(why);
  },
);

test('empty pages with a Link for ever end, and are not taken for the whole list without a total', () => {
  const peer: Peer = (url) => ({ elements: paged(pageOf(url)), next: linkTo(pageOf(url) + 1) });
  expect(walkOf(peer)).toEqual({ seen: ALL, requests: 6, shortage: undefined, isWhole: false });
});

test('an empty page that links to itself is no empty list', () => {
  expect(walkOf((url) => ({ next: own(url) }))).toMatchObject({
    requests: 1,
    isWhole: false,
    shortage: expect.any(String) as string,
  });
});

test('a circle that is longer than what the walk remembers ends, too', () => {
  const peer: Peer = (url) => ({
    elements: items(offsetOf(url) % 50, (offsetOf(url) % 50) + 10),
    next: own(`${url}0`),
  });
  const { requests, isWhole } = walkOf(peer, { ...OPTIONS, memory: 20 });
  expect([requests < 20, isWhole]).toEqual([true, false]);
});

test('a reader that has some objects of a page gets the others, and none twice', () => {
  const walk = new ListWalk(OPTIONS, new ListWalk(OPTIONS).snapshot(4));
  const page = { elements: items(0, 10), next: NONE, total: 10, limit: undefined };
  expect(walk.take(page, page.elements.map(nameOf)).filter((isNew) => isNew)).toHaveLength(6);
});

test('objects are told apart by owner, id and the type of a token; ids in either case are one', () => {
  const page = (...texts: string[]): number => {
    const elements = texts.map((each) => Buffer.from(each));
    const news = new ListWalk(OPTIONS).take(
      { elements, next: NONE, total: undefined, limit: undefined },
      elements.map(nameOf),
    );
    return news.filter((isNew) => isNew).length;
  };
  expect(
    page('{"uid":"a","type":"RFID"}', '{"uid":"A","type":"APP_USER"}', '{"uid":"A","type":"RFID"}'),
  ).toBe(2);
  expect(page('{"id":"a","type":"X"}', '{"id":"A","type":"Y"}', '{"id":7}', '{"id":7}', '{"id":8}')).toBe(3);
  expect(page('{"x":1}', '{"x":2}', '{"x":1}', '7')).toBe(3);
});

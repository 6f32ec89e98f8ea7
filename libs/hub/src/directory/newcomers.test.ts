import { type PlatformRecord } from '../ports';
import { Directory } from './directory';
import { Newcomers } from './newcomers';

const record = (id: string): PlatformRecord => ({
  ...{ id, name: id, status: 'PLANNED', suspended: false, version: null, versionsUrl: null },
  ...{ createdAt: new Date(), registeredAt: null, lastSeenAt: null, announced: false, allowedHosts: [] },
  ...{ parties: [], endpoints: [], peerToken: null },
  issuedTokens: [{ hash: `token of ${id}`, kind: 'A', expiresAt: null }],
});

/** A store that answers each look-up when it is told to. */
function slowStore() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const findByTokenHash = (hash: string): Promise<PlatformRecord | undefined> => {
    asked.push(hash);
    const found = hash.startsWith('token of ') ? record(hash.slice('token of '.length)) : undefined;
    return new Promise((resolve) => answers.push(() => resolve(found)));
  };
  return { asked, answers, store: { findByTokenHash, findByParty: () => Promise.resolve([]) } };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('many platforms that register at once are all found, however few look-ups run at a time', async () => {
  const directory = new Directory();
  const { asked, answers, store } = slowStore();
  const newcomers = new Newcomers(directory, store, Date.now);
  const ids = Array.from({ length: 50 }, (_, n) => `p${n}`);
  const all = Promise.all(ids.map((id) => newcomers.lookUpToken(`token of ${id}`)));
  await settle();
  expect(asked).toHaveLength(8);
  for (let answered = 0; answered < ids.length; answered++) {
    answers[answered]!();
    await settle();
  }
  await all;
  for (const id of ids) expect(directory.holderOf(`token of ${id}`, new Date())?.platform.id).toBe(id);
});

it('an unknown token is asked for once a second and not with every request', async () => {
  let now = 0;
  const { asked, answers, store } = slowStore();
  const newcomers = new Newcomers(new Directory(), store, () => now);
  const first = newcomers.lookUpToken('nobody');
  await settle();
  answers[0]!();
  await first;
  await newcomers.lookUpToken('nobody');
  expect(asked).toEqual(['nobody']);
  now = 1_001;
  void newcomers.lookUpToken('nobody');
  await settle();
  expect(asked).toEqual(['nobody', 'nobody']);
});

it('a store that never answers holds a refusal up for a second at most', async () => {
  const { store } = slowStore();
  const before = performance.now();
  await new Newcomers(new Directory(), store, Date.now).lookUpToken('anybody');
  expect(performance.now() - before).toBeLessThan(2_500);
});

/// <reference types="jest" />
import {
  type Agreement,
  type AgreementOutcome,
  type AgreementStore,
  type ChangeFeed,
  type ImportOutcome,
  type NewAgreement,
  type Once,
} from '@app/hub';
import { Follower } from './change-feed-behaviour';
import { at, eventually } from './platform-fixtures';

/** A store of agreements and the feed of its changes. */
export interface AgreementStoreWorld {
  readonly agreements: AgreementStore;
  readonly changes: ChangeFeed;
  end(): Promise<void>;
}

/** An agreement of one CPO with one eMSP; `more` says what is different. */
export function agreementBetween(more: Partial<NewAgreement> = {}): NewAgreement {
  return {
    from: { countryCode: 'NL', partyId: 'CPO' },
    to: { countryCode: 'DE', partyId: 'MSP' },
    modules: ['*'],
    effect: 'allow',
    bothWays: true,
    validFrom: null,
    validUntil: null,
    note: null,
    ...more,
  };
}

/** What every `AgreementStore` does. */
export function agreementStoreBehaviour(name: string, make: () => Promise<AgreementStoreWorld>): void {
  describe(`agreements on ${name}`, () => {
    let world: AgreementStoreWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());
    describeAgreements(() => world);
    describeImport(() => world);
    describeOnce(() => world);
  });
}

const tariffsOnly = agreementBetween({
  from: { countryCode: 'NL', partyId: 'CPO', role: 'CPO' },
  to: '*',
  modules: ['tariffs', 'locations'],
  effect: 'deny',
  bothWays: false,
  validFrom: at(0),
  validUntil: at(5),
  note: 'until the contract is signed',
});
const page = { cursor: null, limit: 10 };

async function made(store: AgreementStore, agreement: NewAgreement, minute = 0): Promise<Agreement> {
  const created = await store.create(agreement, at(minute));
  if (created.outcome !== 'done') throw new Error(created.outcome);
  return created.agreement;
}

function describeAgreements(world: () => AgreementStoreWorld): void {
  test('come back as they were made, one by one, in a list and all at once', async () => {
    const { agreements } = world();
    const first = await made(agreements, tariffsOnly);
    const second = await made(agreements, agreementBetween(), 1);
    expect(first).toEqual({ ...tariffsOnly, id: expect.any(String) });
    expect(await agreements.find(first.id)).toEqual(first);
    expect(await agreements.list({}, page)).toEqual({ data: [first, second], nextCursor: null });
    expect(new Set(await agreements.loadAll())).toEqual(new Set([first, second]));
  });

  test('are listed page by page, and those of one party alone', async () => {
    const { agreements } = world();
    const other = await made(agreements, agreementBetween({ to: { countryCode: 'DE', partyId: 'ZZZ' } }));
    const named = await made(agreements, agreementBetween(), 1);
    const back = await made(agreements, agreementBetween({ from: '*', modules: ['cdrs'] }), 2);
    const start = await agreements.list({ party: 'DE*MSP' }, { cursor: null, limit: 1 });
    expect(start.data).toEqual([named]);
    const rest = await agreements.list({ party: 'DE*MSP' }, { cursor: start.nextCursor, limit: 1 });
    expect(rest).toEqual({ data: [back], nextCursor: null });
    expect((await agreements.list({ party: 'DE*ZZZ' }, page)).data).toEqual([other]);
  });

  test('that say the same as another are not made', async () => {
    const { agreements } = world();
    const { id } = await made(agreements, agreementBetween({ modules: ['cdrs', 'tokens'] }));
    const turned = agreementBetween({
      ...{ from: agreementBetween().to, to: agreementBetween().from },
      ...{ modules: ['tokens', 'cdrs', 'cdrs'], note: 'the same' },
    });
    expect(await agreements.create(turned, at(1))).toEqual({ outcome: 'agreement_exists', id });
    await made(agreements, { ...turned, bothWays: false });
    expect(await agreements.loadAll()).toHaveLength(2);
  });

  test('are withdrawn once', async () => {
    const { agreements } = world();
    const { id } = await made(agreements, agreementBetween());
    expect([await agreements.remove(id), await agreements.remove(id)]).toEqual([true, false]);
    expect(await agreements.find(id)).toBeUndefined();
    await made(agreements, agreementBetween());
  });

  test('are known to followers from the start, and every change soon after it was made', async () => {
    const { agreements, changes } = world();
    const there = await made(agreements, agreementBetween());
    const follower = new Follower();
    await changes.follow(follower);
    expect(follower.agreements).toEqual([there]);
    await agreements.importAll([agreementBetween({ modules: ['cdrs'] })], at(1));
    await eventually(() => follower.agreements.length === 2);
    await agreements.remove(there.id);
    await eventually(() => follower.agreements.length === 1);
    await made(agreements, tariffsOnly);
    await eventually(() => follower.agreements.length === 2);
  });
}

function describeImport(world: () => AgreementStoreWorld): void {
  const many = ['cdrs', 'tokens', 'tariffs'].map((module) => agreementBetween({ modules: [module] }));

  const [cdrs, tokens, tariffs] = many as [NewAgreement, NewAgreement, NewAgreement];
  const noted = { ...tariffs, note: 'the same, with a note' };

  test('an import adds what is missing, and its preview says the same of each and changes nothing', async () => {
    const { agreements } = world();
    const { id } = await made(agreements, tokens);
    const given = [cdrs, tokens, tariffs, noted, tokens];
    const expected = (added: unknown): object[] => [
      ...[
        { outcome: 'add', id: added },
        { outcome: 'unchanged', id },
        { outcome: 'add', id: added },
      ],
      ...[
        { outcome: 'duplicate', earlier: 2 },
        { outcome: 'duplicate', earlier: 1 },
      ],
    ];
    expect(await agreements.previewImport(given)).toEqual(expected(null));
    expect(await agreements.loadAll()).toHaveLength(1);
    const outcomes = await agreements.importAll(given, at(1));
    expect(outcomes).toEqual(expected(expect.any(String)));
    expect(await agreements.loadAll()).toHaveLength(3);
    expect(await agreements.find(idAt(outcomes, 0))).toEqual({ ...cdrs, id: idAt(outcomes, 0) });
    expect(await agreements.find(idAt(outcomes, 2))).toEqual({ ...tariffs, id: idAt(outcomes, 2) });
  });

  test('a second import names the ids of the first, and one of nothing does nothing', async () => {
    const { agreements } = world();
    const first = await agreements.importAll(many, at(1));
    const there = first.map((_one, n) => ({ outcome: 'unchanged', id: idAt(first, n) }));
    expect(await agreements.previewImport(many)).toEqual(there);
    expect(await agreements.importAll(many, at(2))).toEqual(there);
    expect(await agreements.loadAll()).toHaveLength(3);
    expect(await agreements.importAll([], at(3))).toEqual([]);
  });

  test('of imports of the same at the same moment one adds each, and the others name it', async () => {
    const { agreements } = world();
    const both = await Promise.all([
      agreements.importAll(many, at(1)),
      agreements.importAll([...many].reverse(), at(1)),
    ]);
    const all = both.flat();
    expect(all.filter(({ outcome }) => outcome === 'add')).toHaveLength(3);
    expect(all.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(3);
    expect(new Set(all.map((_one, n) => idAt(all, n))).size).toBe(3);
  });
}

function idAt(outcomes: readonly ImportOutcome[], at: number): string {
  const one = outcomes[at]!;
  if (one.outcome === 'duplicate' || one.id === null) throw new Error(`${one.outcome} has no id`);
  return one.id;
}

function describeOnce(world: () => AgreementStoreWorld): void {
  const once = (more: Partial<Once<AgreementOutcome>> = {}): Once<AgreementOutcome> => ({
    key: 'a key',
    request: 'hash',
    expiresAt: at(60),
    answer: (outcome) => (outcome.outcome === 'done' ? `made ${outcome.agreement.id}` : undefined),
    ...more,
  });

  test('under one key an agreement is made once, and every request gets the first answer', async () => {
    const { agreements } = world();
    const asked = [1, 2, 3].map(() => agreements.createOnce(once(), agreementBetween(), at(0)));
    const outcomes = await Promise.all(asked);
    const [{ id }] = (await agreements.loadAll()) as [Agreement];
    const repeated = { outcome: 'repeated', answer: `made ${id}` };
    expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome !== 'done')).toEqual([repeated, repeated]);
    await agreements.remove(id);
    expect(await agreements.createOnce(once(), agreementBetween(), at(59))).toEqual(repeated);
  });

  test('a key stands for one request, until its time is over', async () => {
    const { agreements } = world();
    await agreements.createOnce(once(), agreementBetween(), at(0));
    const other = agreementBetween({ modules: ['cdrs'] });
    const reused = await agreements.createOnce(once({ request: 'other' }), other, at(59));
    expect(reused).toEqual({ outcome: 'key_reused' });
    const later = once({ request: 'other', expiresAt: at(120) });
    expect((await agreements.createOnce(later, other, at(60))).outcome).toBe('done');
  });

  test('a refused request leaves its key free', async () => {
    const { agreements } = world();
    const { id } = await made(agreements, agreementBetween());
    const refused = await agreements.createOnce(once(), agreementBetween(), at(1));
    expect(refused).toEqual({ outcome: 'agreement_exists', id });
    await agreements.remove(id);
    expect((await agreements.createOnce(once(), agreementBetween(), at(2))).outcome).toBe('done');
  });
}

import { type PartyId, partyKey } from '@app/ocpi';
import { OwnerIndexTwin } from '../../../testkit/src/twin';
import { type Agreement } from '../agreement';
import { Newcomers } from '../directory';
import { type HubError } from '../hub-error';
import { type OwnerFact } from '../ports';
import { findReceiver } from './find-receiver';
import { type FinderParts } from './holders';
import { directoryOf, NOW, openMessage, pair, platformOf, type Said } from './message.fixture';

const NOBODY_NEW = { findByTokenHash: async () => undefined, findByParty: async () => [] };

function partsOf(...facts: readonly Partial<OwnerFact>[]): FinderParts {
  const directory = directoryOf(
    ...[platformOf('NL*CPO', 'CPO'), platformOf('NL*CP2', 'CPO')],
    ...[platformOf('DE*MSP', 'EMSP'), platformOf('DE*MS2', 'EMSP')],
  );
  const owners = new OwnerIndexTwin();
  const location = { kind: 'location', scope: undefined, type: '', id: 'L1', owner: pair('NL*CPO') } as const;
  owners.learn(facts.map((fact) => ({ ...location, ...fact })));
  return { directory, owners, newcomers: new Newcomers(directory, NOBODY_NEW, Date.now) };
}

async function found(said: Said, parts: FinderParts): Promise<string | undefined> {
  const { receiver } = await findReceiver(openMessage(parts.directory, said), parts);
  return receiver && partyKey(receiver.party);
}

const UNLOCK: Said = {
  ...{ from: 'DE*MSP', method: 'POST', path: 'receiver/commands/UNLOCK_CONNECTOR' },
  body: { location_id: 'l1' },
};

const deny = (to: PartyId): Agreement => ({
  ...{ id: partyKey(to), from: { ...pair('DE*MSP') }, to, modules: ['commands'], effect: 'deny' as const },
  ...{ bothWays: false, validFrom: null, validUntil: null, note: null },
});

describe('the receiver of a message that names none', () => {
  test('of two owners the one that an agreement allows is meant', async () => {
    const parts = partsOf({}, { owner: pair('NL*CP2') });
    await expect(found(UNLOCK, parts)).rejects.toMatchObject({ code: 'receiver_ambiguous' });
    parts.directory.agreementsChanged([deny(pair('NL*CPO'))]);
    expect(await found(UNLOCK, parts)).toBe('NL*CP2');
  });

  test('of two owners the one that has not left is meant', async () => {
    const parts = partsOf({}, { owner: pair('NL*CP2') });
    const left = platformOf('NL*CPO', 'CPO');
    const given = left.parties.map((party) => ({ ...party, held: false }));
    parts.directory.platformChanged('NL*CPO', { ...left, parties: given });
    expect(await found(UNLOCK, parts)).toBe('NL*CP2');
  });

  test('a single owner without an agreement is as unknown as none, and the operator reads which one it is', async () => {
    const parts = partsOf({});
    parts.directory.agreementsChanged([deny(pair('NL*CPO'))]);
    const refusal = await found(UNLOCK, partsOf()).catch((error: unknown) => error as HubError);
    const { code, message } = refusal as HubError;
    const reason: unknown = expect.stringContaining('without an agreement: NL*CPO');
    await expect(found(UNLOCK, parts)).rejects.toMatchObject({ code, message, reason });
    expect(message).not.toContain('CPO');
  });

  test('the object store is a second source, and two sources that agree are one owner', async () => {
    const parts = partsOf({});
    const objectOwners = { ownersOf: async () => [pair('NL*CPO')] };
    expect(await found(UNLOCK, { ...partsOf(), objectOwners })).toBe('NL*CPO');
    expect(await found(UNLOCK, { ...parts, objectOwners })).toBe('NL*CPO');
    const differing = { ...parts, objectOwners: { ownersOf: async () => [pair('NL*CP2')] } };
    await expect(found(UNLOCK, differing)).rejects.toMatchObject({ code: 'receiver_ambiguous' });
  });

  test('the object store is asked by module, id and type', async () => {
    const asked: string[] = [];
    const ownersOf = async (module: string, id: string, type: string): Promise<readonly PartyId[]> => {
      asked.push(`${module} ${id} ${type}`);
      return [];
    };
    const parts = { ...partsOf(), objectOwners: { ownersOf } };
    await expect(found(UNLOCK, parts)).rejects.toMatchObject({ code: 'receiver_unresolved' });
    expect(asked).toEqual(['locations L1 ']);
  });

  test('a party that registered through another router a moment ago is found', async () => {
    const parts = partsOf({ owner: pair('FR*NEW') });
    const late = { ...NOBODY_NEW, findByParty: async () => [platformOf('FR*NEW', 'CPO')] };
    expect(await found(UNLOCK, { ...parts, newcomers: new Newcomers(parts.directory, late, Date.now) })).toBe(
      'FR*NEW',
    );
    await expect(found(UNLOCK, partsOf({ owner: pair('FR*NEW') }))).rejects.toMatchObject({
      code: 'receiver_unresolved',
      message: expect.not.stringContaining('FR*NEW'),
    });
  });

  test.each([
    ['receiver/locations/NL/CPO/L1', 'PUT'],
    ['receiver/locations/NL/CPO/L1', 'PATCH'],
    ['receiver/tariffs/NL/CPO/T1', 'PUT'],
    ['receiver/tariffs/NL/CPO/T1', 'DELETE'],
    ['receiver/tokens/NL/CPO/T1', 'PATCH'],
    ['sender/tokens/04A/authorize', 'POST'],
  ])('%s %s, which leads to nobody, is for many', async (path, method) => {
    expect(await found({ from: 'NL*CPO', method, path, body: {} }, partsOf())).toBeUndefined();
  });

  test('an index that cannot say is no answer that nobody has the id', async () => {
    const parts = partsOf();
    const owners = Object.assign(parts.owners, { ownersOf: () => Promise.reject(new Error('gone')) });
    await expect(found(UNLOCK, { ...parts, owners })).rejects.toThrow('gone');
  });

  test('the message keeps its scenario', async () => {
    const parts = partsOf({});
    const message = await findReceiver(openMessage(parts.directory, UNLOCK), parts);
    expect(message).toMatchObject({ scenario: 'open_routing', to: undefined, receivedAt: NOW });
  });
});

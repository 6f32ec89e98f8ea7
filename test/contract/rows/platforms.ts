import { invalid, NOBODY, type Rows } from '../row';
import { type World } from '../world';

const party = (name: string, role = 'CPO'): object => {
  const [country_code, party_id] = name.split('*');
  return { country_code, party_id, role };
};
const announced = async (world: World): Promise<{ path: { id: string } }> => ({
  path: { id: (await world.announced()).id },
});
const registered = async (world: World): Promise<{ path: { id: string } }> => ({
  path: { id: (await world.registered()).id },
});

/** A platform that claims a party which was not announced. */
const waiting = async (world: World): Promise<{ path: { id: string }; party: object }> => {
  const name = world.name();
  const [countryCode = '', partyId = ''] = name.split('*');
  const platform = await world.hub.start(name, [{ countryCode, partyId, role: 'CPO' }]);
  const { id, token_a } = await world.hub.admin.createPlatform(name);
  await platform.register(world.hub.versionsUrl, token_a);
  return { path: { id }, party: party(name) };
};

const dismissed = async (world: World): Promise<{ path: { id: string } }> => {
  const call = await announced(world);
  await world.hub.admin.unregister(call.path.id);
  return call;
};

/** A platform that the hub can register at, and what the operator says of it. */
async function registering(world: World, planned?: readonly object[]) {
  const name = world.name();
  const [countryCode = '', partyId = ''] = name.split('*');
  const peer = await world.hub.start(name, [{ countryCode, partyId, role: 'CPO' }]);
  const platform = { name, ...(planned && { planned_parties: planned }) };
  const { id } = await world.hub.admin.ask<{ id: string }>('POST', '/platforms', platform);
  return { path: { id }, body: { versions_url: peer.versionsUrl, token_a: peer.tokens.current } };
}

export const PLATFORM_ROWS: Rows = {
  createPlatform: {
    good: {
      'with a name alone': () => ({ body: { name: 'One' } }),
      'with announced parties': (world) => ({
        body: { name: 'Two', planned_parties: [party(world.name()), party(world.name(), 'EMSP')] },
      }),
    },
    bad: {
      'without a name': invalid({ body: {} }, 'name'),
      'with a role that no party has': invalid(
        { body: { name: 'x', planned_parties: [party('NL*HUB', 'HUB')] } },
        'planned_parties[0].role',
      ),
      'with a party of the hub itself': {
        sent: () => ({ body: { name: 'x', planned_parties: [party('DE*HUB')] } }),
        code: 'party_taken',
        fields: ['planned_parties[0]'],
      },
    },
  },
  listPlatforms: {
    good: {
      whole: () => ({}),
      'page by page': () => ({ query: 'limit=1' }),
      'by a part of the name': () => ({ query: 'name=one' }),
      'by status': () => ({ query: 'status=CONNECTED' }),
      'by party': () => ({ query: 'party=nl-a00' }),
    },
    bad: {
      'with a limit that is no number': invalid({ query: 'limit=ten' }, 'limit'),
      'by a name that is blank': invalid({ query: 'name=' }, 'name'),
      'by a name that is given twice': invalid({ query: 'name=a&name=b' }, 'name'),
      'by a status that there is not': invalid({ query: 'status=connected' }, 'status'),
      'by half a party': invalid({ query: 'party=NL' }, 'party'),
    },
  },
  showPlatform: {
    good: { 'that is announced': announced, 'that is registered': registered },
    bad: { 'with a list’s parameter': invalid({ path: { id: NOBODY }, query: 'limit=1' }, 'limit') },
  },
  showLimits: {
    good: { 'of an announced platform': announced, 'of a registered platform': registered },
    bad: { 'with a list’s parameter': invalid({ path: { id: NOBODY }, query: 'limit=1' }, 'limit') },
  },
  changePlatform: {
    good: {
      'by a new name': async (world) => ({ ...(await announced(world)), body: { name: 'Renamed' } }),
      'by other announced parties': async (world) => ({
        ...(await registered(world)),
        body: { planned_parties: [party(world.name()), party(world.name(), 'EMSP')] },
      }),
      'by another versions URL': async (world) => {
        const platform = await world.registered();
        return { path: { id: platform.id }, body: { versions_url: platform.versionsUrl } };
      },
      'by both, with no party left': async (world) => ({
        ...(await announced(world)),
        body: { name: 'Open', planned_parties: [] },
      }),
    },
    bad: {
      'by nothing': {
        sent: async (world) => ({ ...(await announced(world)), body: {} }),
        ...{ code: 'invalid_input', fields: ['body'] },
      },
      'by a versions URL, before it registered': {
        sent: async (world) => ({
          ...(await announced(world)),
          body: { versions_url: 'http://127.0.0.1:9/versions' },
        }),
        code: 'not_registered',
      },
      'by a name that is null': invalid({ path: { id: NOBODY }, body: { name: null } }, 'name'),
      'by no list of parties': invalid(
        { path: { id: NOBODY }, body: { planned_parties: null } },
        'planned_parties',
      ),
      'by a party of the hub itself': {
        sent: async (world) => ({
          ...(await announced(world)),
          body: { planned_parties: [party('DE*HUB')] },
        }),
        ...{ code: 'party_taken', fields: ['planned_parties[0]'] },
      },
      'by a party that another platform holds': {
        sent: async (world) => {
          const [free, taken] = [world.name(), world.name()];
          const body = { name: 'Holder', planned_parties: [party(taken)] };
          await world.hub.admin.ask('POST', '/platforms', body);
          return { ...(await announced(world)), body: { planned_parties: [party(free), party(taken)] } };
        },
        ...{ code: 'party_taken', fields: ['planned_parties[1]'] },
      },
    },
  },
  approveParties: {
    good: {
      'all that wait': async (world) => ({ path: (await waiting(world)).path, body: {} }),
      'the one that is named': async (world) => {
        const { path, party } = await waiting(world);
        return { path, body: { parties: [party] } };
      },
    },
    bad: {
      'that nobody claims': {
        sent: async (world) => ({
          path: (await waiting(world)).path,
          body: { parties: [party(world.name())] },
        }),
        ...{ code: 'not_waiting', fields: ['parties[0]'] },
      },
      'that another platform has by now': {
        sent: async (world) => {
          const { path, party } = await waiting(world);
          const body = { name: 'Holder', planned_parties: [party] };
          await world.hub.admin.ask('POST', '/platforms', body);
          return { path, body: { parties: [party] } };
        },
        ...{ code: 'party_taken', fields: ['parties[0]'] },
      },
      'with a role that no party has': invalid(
        { path: { id: NOBODY }, body: { parties: [party('NL*HUB', 'HUB')] } },
        'parties[0].role',
      ),
      'with an empty list': invalid({ path: { id: NOBODY }, body: { parties: [] } }, 'parties'),
    },
  },
  unregisterPlatform: {
    good: { 'that is registered': registered, 'that is announced': announced },
    bad: { 'that is neither': { sent: dismissed, code: 'not_registered' } },
  },
  reissueTokenA: {
    good: { 'of an announced platform': announced },
    bad: { 'of a registered platform': { sent: registered, code: 'already_registered' } },
  },
  registerAtPlatform: {
    good: { 'that answers': (world) => registering(world) },
    bad: {
      'without its token': {
        sent: async (world) => ({ ...(await announced(world)), body: { versions_url: 'http://x.example/' } }),
        code: 'invalid_input',
        fields: ['token_a'],
      },
      'that nobody listens at': {
        sent: async (world) => ({
          ...(await announced(world)),
          body: { versions_url: 'http://127.0.0.1:9/versions', token_a: 'a-token-of-nobody' },
        }),
        code: 'peer_unusable',
        fields: ['versions_url'],
      },
      'that has another party than announced': {
        sent: (world) => registering(world, [party(world.name())]),
        code: 'party_not_announced',
        fields: ['versions_url'],
      },
    },
  },
  rotateToken: {
    good: { 'of a registered platform': registered },
    bad: {
      'of a platform that is not registered': { sent: announced, code: 'not_registered' },
      'of a platform that refuses it': {
        sent: async (world) => {
          const platform = await world.registered();
          platform.misbehave('envelope_500', 'credentials');
          return { path: { id: platform.id } };
        },
        code: 'peer_unusable',
        fields: ['id'],
      },
    },
  },
  showAllowedHosts: {
    good: { 'of a platform': announced },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
  replaceAllowedHosts: {
    good: {
      'by some': async (world) => ({ ...(await announced(world)), body: { hosts: ['a.example:8443'] } }),
      'by none': async (world) => ({ ...(await announced(world)), body: { hosts: [] } }),
    },
    bad: { 'by a URL': invalid({ path: { id: NOBODY }, body: { hosts: ['https://a.example'] } }, 'hosts') },
  },
  listHandshakes: {
    good: { 'of a registered platform': registered, 'of one that had none': announced },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
  showLists: {
    good: { 'of a registered platform': registered, 'of one that has none': announced },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
  showStatistics: {
    good: { 'of a platform': announced },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
  suspendPlatform: {
    good: { 'that is registered': registered },
    bad: { 'with a reason': invalid({ path: { id: NOBODY }, body: { reason: 'noise' } }, 'reason') },
  },
  resumePlatform: {
    good: { 'that is announced': announced },
    bad: { 'with a reason': invalid({ path: { id: NOBODY }, body: { reason: 'quiet' } }, 'reason') },
  },
};

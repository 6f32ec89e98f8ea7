import { invalid, type Prepared, type Rows } from '../row';

const existing: Prepared = async (world) => ({ path: { id: (await world.key('viewer')).id } });
const role = 'owner';

export const API_KEY_ROWS: Rows = {
  createApiKey: {
    role,
    good: {
      'for ever': () => ({ body: { name: 'Night', role: 'viewer' } }),
      'for a while': () => ({
        body: { name: 'Shift', role: 'operator', expires_at: '2099-01-01T00:00:00Z' },
      }),
    },
    bad: {
      'with a role that there is not': invalid({ body: { name: 'x', role: 'admin' } }, 'role'),
      'that is expired': invalid(
        { body: { name: 'x', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' } },
        'expires_at',
      ),
    },
  },
  listApiKeys: {
    role,
    good: { whole: () => ({}) },
    bad: { 'by role': invalid({ query: 'role=owner' }, 'role') },
  },
  showApiKey: {
    role,
    good: { 'that is there': existing },
    bad: { 'of a name': invalid({ path: { id: 'Night' } }, 'id') },
  },
  revokeApiKey: {
    role,
    good: { 'that is there': existing },
    bad: {
      'by itself': {
        sent: async (world) => {
          const { id, key } = await world.key('owner');
          return { path: { id }, headers: { Authorization: `Bearer ${key}` } };
        },
        code: 'key_in_use',
      },
    },
  },
};

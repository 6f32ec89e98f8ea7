import { invalid, type Rows } from '../row';
import { agreementOf, type World } from '../world';

const CSV = { 'Content-Type': 'text/csv' };
const existing = async (world: World): Promise<{ path: { id: string } }> => ({
  path: { id: (await world.agreement()).id },
});
const simple = agreementOf('NL*X01');

export const AGREEMENT_ROWS: Rows = {
  createAgreement: {
    good: {
      simple: (world) => ({ body: agreementOf(world.name()) }),
      'with everything': (world) => ({
        body: {
          ...agreementOf(world.name()),
          ...{ to: { country_code: 'DE', party_id: 'MSP', role: 'EMSP' }, modules: ['tokens', 'x-parking'] },
          ...{ both_ways: false, valid_from: '2026-01-01T00:00:00Z', valid_until: '2099-01-01T00:00:00Z' },
          note: 'Contract 2026-17',
        },
      }),
    },
    bad: {
      'without an effect': invalid({ body: { ...simple, effect: undefined } }, 'effect'),
      'that ends before it begins': invalid(
        { body: { ...simple, valid_from: '2027-01-01T00:00:00Z', valid_until: '2026-01-01T00:00:00Z' } },
        'valid_until',
      ),
      'that is there already': {
        sent: async (world) => {
          const { from, to, modules, effect } = await world.agreement();
          return { body: { from, to, modules, effect } };
        },
        code: 'agreement_exists',
        fields: ['id'],
      },
    },
  },
  listAgreements: {
    good: { whole: () => ({}), 'of one party': () => ({ query: 'party=NL*TNM' }) },
    bad: { 'of half a party': invalid({ query: 'party=NL' }, 'party') },
  },
  importAgreements: {
    good: {
      'as JSON': (world) => ({ body: [agreementOf(world.name()), agreementOf(world.name())] }),
      'as CSV': (world) => ({ headers: CSV, body: `from,to,modules,effect\n${world.name()},*,*,deny\n` }),
      'dry, with faults': () => ({
        query: 'dry_run=true',
        headers: CSV,
        body: 'from,to,modules,effect\n?,*,*,deny\n',
      }),
    },
    bad: {
      'of one that is wrong': {
        sent: () => ({ body: [simple, { ...simple, modules: [] }] }),
        code: 'invalid_input',
        fields: ['row 2: modules'],
      },
      'of CSV without its columns': invalid({ headers: CSV, body: 'a,b\n' }, 'body'),
    },
  },
  showAgreement: {
    good: { 'that is there': existing },
    bad: { 'of a number': invalid({ path: { id: '1' } }, 'id') },
  },
  withdrawAgreement: {
    good: { 'that is there': existing },
    bad: {
      'that was withdrawn': {
        sent: async (world) => {
          const { path } = await existing(world);
          await world.hub.admin.ask('DELETE', `/agreements/${path.id}`);
          return { path };
        },
        code: 'not_found',
        fields: ['id'],
      },
    },
  },
};

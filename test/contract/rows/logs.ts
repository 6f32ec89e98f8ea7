import { randomUUID } from 'node:crypto';
import { until } from '../../support/waiting';
import { invalid, NOBODY, type Rows } from '../row';
import { type World } from '../world';

/** The correlation id of a message that is in the log. */
async function logged(world: World): Promise<string> {
  const cpo = await world.registered();
  const correlationId = randomUUID();
  const to = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'NIL' };
  const url = world.hub.versionsUrl.replace('versions', '2.2.1/sender/tokens');
  await cpo.follow(url, 'GET', { headers: { ...to, 'X-Correlation-ID': correlationId } });
  const found = async (): Promise<boolean> =>
    (await world.hub.admin.messages({ correlation_id: correlationId })).data.length > 0;
  await until(found);
  return correlationId;
}

export const LOG_ROWS: Rows = {
  listParties: {
    good: {
      whole: async (world) => {
        await world.registered();
        return {};
      },
      'by role and status': () => ({ query: 'role=CPO&status=CONNECTED&limit=2' }),
    },
    bad: { 'in a role that no peer has': invalid({ query: 'role=HUB' }, 'role') },
  },
  partyHistory: {
    good: {
      'of a party that registered': async (world) => {
        const { parties } = await world.hub.admin.show((await world.registered()).id);
        const { country_code, party_id } = parties[0]!;
        return { path: { country_code, party_id } };
      },
    },
    bad: {
      'of a country that is none': invalid(
        { path: { country_code: 'NLD', party_id: 'TNM' } },
        'country_code',
      ),
      'of half a party': invalid({ path: { country_code: 'NL', party_id: 'T' } }, 'party_id'),
    },
  },
  listMessages: {
    good: {
      whole: async (world) => {
        await logged(world);
        return {};
      },
      'by everything': () => ({
        query: [
          'correlation_id=c&from=NL*TNM&to=DE-ABC&module=cdrs&status_code=4003',
          `platform=${NOBODY}&failed=true&error=receiver_offline&http_status=200&method=POST`,
          'since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z',
        ].join('&'),
      }),
      'that failed': async (world) => {
        await logged(world);
        return { query: 'failed=true' };
      },
      'that did not': () => ({ query: 'failed=false' }),
      'of an attempt of a delivery': () => ({ query: 'error=http_503' }),
    },
    bad: {
      'of a module in capitals': invalid({ query: 'module=Locations' }, 'module'),
      'since a word': invalid({ query: 'since=yesterday' }, 'since'),
      'of a platform by its name': invalid({ query: 'platform=Volt' }, 'platform'),
      'that failed perhaps': invalid({ query: 'failed=perhaps' }, 'failed'),
      'with an error that there is not': invalid({ query: 'error=receiver_unknwon' }, 'error'),
      'of no HTTP status': invalid({ query: 'http_status=1000' }, 'http_status'),
      'of a method that OCPI has not': invalid({ query: 'method=OPTIONS' }, 'method'),
    },
  },
  showTrace: {
    good: {
      'of a message': async (world) => ({ path: { correlation_id: await logged(world) } }),
    },
    bad: {
      'of nothing': {
        sent: () => ({ path: { correlation_id: 'nobody-said-this' } }),
        code: 'not_found',
        fields: ['correlation_id'],
      },
      'of what is not printable': invalid({ path: { correlation_id: '%00' } }, 'correlation_id'),
    },
  },
  listAudit: {
    good: {
      whole: async (world) => {
        await world.announced();
        return {};
      },
      'by everything': () => ({
        query:
          'actor=ADMIN_API_KEY&action=createPlatform&target=platforms&outcome=changed&since=2026-01-01T00:00:00Z&until=2099-01-01T00:00:00Z',
      }),
    },
    bad: {
      'with an outcome that there is not': invalid({ query: 'outcome=lost' }, 'outcome'),
      'of what is no resource': invalid({ query: 'target=Platforms' }, 'target'),
    },
  },
  showAuditEntry: {
    good: {
      'of a creation': async (world) => {
        await world.announced();
        const { data } = await world.hub.admin.ask<{ data: { id: string }[] }>('GET', '/audit?limit=1');
        return { path: { id: data[0]!.id } };
      },
    },
    bad: { 'of a number': invalid({ path: { id: '1' } }, 'id') },
  },
};

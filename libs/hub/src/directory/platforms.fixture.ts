import { type Party, type Role } from '@app/ocpi';
import { type PlatformRecord } from '../ports';

export const NOW = new Date('2026-01-01T00:00:00Z');

type Given = Partial<Omit<PlatformRecord, 'parties'>> & { readonly parties: readonly string[] };

/** A party from `NL*CPO/CPO`. */
function partyFrom(text: string): Party {
  const [countryCode = '', partyId = '', role = ''] = text.split(/[*/]/);
  return { countryCode, partyId, role: role as Role };
}

/** A registered platform with parties like `NL*CPO/CPO`; one that was given up ends in `-`. */
export function platform(id: string, { parties, ...more }: Given): PlatformRecord {
  return {
    ...{ id, name: id, status: 'CONNECTED', suspended: false, version: '2.2.1', versionsUrl: null },
    ...{ createdAt: NOW, registeredAt: NOW, lastSeenAt: null, announced: false },
    ...{ issuedTokens: [], allowedHosts: [], peerToken: 'token' },
    endpoints: [{ module: 'locations', interfaceRole: 'RECEIVER', url: `http://${id}.example/locations` }],
    parties: parties.map((text) => ({
      ...partyFrom(text.replace('-', '')),
      ...{
        status: text.endsWith('-') ? 'SUSPENDED' : (more.status ?? 'CONNECTED'),
        held: !text.endsWith('-'),
      },
      ...{ statusSince: NOW, knownSince: NOW, businessDetails: null },
    })),
    ...more,
  };
}

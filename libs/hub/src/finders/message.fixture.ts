/** Messages and a directory for the tests of the finders. */
import { type PartyId, type Role } from '@app/ocpi';
import { Directory, PlatformEntry } from '../directory';
import { type Permitted, type Relayed } from '../exchange';
import { accept } from '../path/accept';
import { type PlatformRecord } from '../ports';

export const NOW = new Date('2026-01-01T12:00:00Z');

/** A party from `NL*CPO`. */
export function pair(key: string): PartyId {
  const [countryCode = '', partyId = ''] = key.split('*');
  return { countryCode, partyId };
}

/** A registered platform with one party, every module on both interfaces; `more` says what is different. */
export function platformOf(key: string, role: Role, more: Partial<PlatformRecord> = {}): PlatformRecord {
  const modules = ['locations', 'sessions', 'cdrs', 'commands', 'tokens', 'chargingprofiles'];
  const party = {
    ...pair(key),
    role,
    status: 'CONNECTED' as const,
    statusSince: NOW,
    knownSince: NOW,
    held: true,
  };
  return {
    id: key,
    name: key,
    ...{ status: 'CONNECTED', suspended: false, version: '2.2.1', announced: false, peerToken: 'T' },
    ...{ versionsUrl: null, createdAt: NOW, registeredAt: NOW, lastSeenAt: NOW, allowedHosts: [] },
    parties: [{ ...party, businessDetails: null }],
    endpoints: modules.flatMap((module) =>
      (['SENDER', 'RECEIVER'] as const).map((interfaceRole) => {
        const url = `http://${key.replace('*', '.')}/${interfaceRole}/${module}`;
        return { module, interfaceRole, url };
      }),
    ),
    issuedTokens: [],
    ...more,
  } as PlatformRecord;
}

/** A directory of these platforms. */
export function directoryOf(...records: readonly PlatformRecord[]): Directory {
  const directory = new Directory();
  directory.reloaded(records);
  return directory;
}

export interface Said {
  readonly from: string;
  readonly method: string;
  /** After `/ocpi/2.2.1/`: `sender/locations/LOC1`. */
  readonly path: string;
  readonly body?: object;
}

/** A message that was permitted as open routing. */
export function openMessage(directory: Directory, { from, method, path, body }: Said): Permitted {
  const accepted = accept({
    ...{ method, path: `/ocpi/2.2.1/${path}`, headers: {}, receivedAt: NOW, idsMade: false },
    body: body ? Buffer.from(JSON.stringify(body)) : null,
    ids: { requestId: 'r', correlationId: 'c' },
  });
  return {
    ...accepted,
    ...{ caller: directory.platform(from)!, token: { hash: '', kind: 'C', expiresAt: null } },
    ...{ from: pair(from), to: undefined, scenario: 'open_routing', receiver: undefined },
  };
}

/** What came of a message that went to a party and was answered. */
export function answered(message: Permitted, to: string | undefined, answer: object): Relayed {
  const party = to === undefined ? undefined : pair(to);
  return {
    ...message,
    receiver: party && { party, platform: new PlatformEntry(platformOf(to!, 'EMSP')), endpoint: '' },
    answer: {
      ...{ httpStatus: 200, ocpiStatus: 1000, headers: {}, from: party ?? pair('DE*HUB') },
      body: Buffer.from(JSON.stringify(answer)),
    },
    onwardRequestId: 'o',
  };
}

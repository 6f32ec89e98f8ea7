/** What the operator's lists show of the platforms of the twin. */
import {
  type Page,
  type PageRequest,
  type PartyFilter,
  type PartyView,
  type PlatformFilter,
  type PlatformRecord,
  type WaitingParty,
} from '@app/hub';
import { sameParty } from '@app/ocpi';
import { pageAfter } from './page';
import { roleKey } from './platform-record';

/** Platforms in the order of their creation. @throws InvalidCursor */
export function platformPage(
  records: readonly PlatformRecord[],
  { name = '', status, party }: PlatformFilter,
  page: PageRequest,
): Page<PlatformRecord> {
  const shown = records.filter(
    (record) =>
      record.name.toLowerCase().includes(name.toLowerCase()) &&
      record.status === (status ?? record.status) &&
      (party === undefined || record.parties.some((own) => own.held && sameParty(own, party))),
  );
  return pageAfter(shown, page, ({ createdAt, id }) => `${createdAt.toISOString()} ${id}`);
}

/** Every party of every platform, in a fixed order. @throws InvalidCursor */
export function partyPage(
  records: readonly PlatformRecord[],
  { role, status }: PartyFilter,
  page: PageRequest,
): Page<PartyView> {
  const parties = records.flatMap(({ id, name, lastSeenAt, parties, waiting = [] }): PartyView[] =>
    [...parties, ...waiting.map(waitingRow)].map((party) => ({
      ...{ ...party, platformId: id, platformName: name, lastSeenAt },
    })),
  );
  const shown = parties.filter(
    (party) => party.role === (role ?? party.role) && party.status === (status ?? party.status),
  );
  return pageAfter(shown, page, (party) => `${roleKey(party)} ${party.platformId}`);
}

function waitingRow({ countryCode, partyId, role, since, businessDetails }: WaitingParty) {
  const status = 'WAITING' as const;
  return {
    ...{ countryCode, partyId, role, businessDetails },
    ...{ status, statusSince: since, knownSince: since, held: false },
  };
}

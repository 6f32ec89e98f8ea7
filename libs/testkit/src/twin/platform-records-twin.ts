/** What the twin of the platform store keeps: its records, who follows them, and who holds which party. */
import {
  type ChangeFeed,
  type Claimant,
  type ClaimVerdict,
  type ConnectionStatus,
  type DirectoryListener,
  judgeClaim,
  type Page,
  type PageRequest,
  type PartyFilter,
  type PartyRecord,
  type PartyView,
  type PlatformFilter,
  type PlatformRecord,
} from '@app/hub';
import { type Party, type PartyId, sameParty } from '@app/ocpi';
import { AgreementStoreTwin } from './agreement-store-twin';
import { partyPage, platformPage } from './platform-lists';
import { bare, roleKey } from './platform-record';

type Claim = Party & Pick<PartyRecord, 'businessDetails'>;

/** Records are never changed in place, so one that was handed out stays as it was. */
export abstract class PlatformRecordsTwin implements ChangeFeed {
  protected readonly records = new Map<string, PlatformRecord>();
  private readonly listeners = new Set<DirectoryListener>();

  /** @param agreements whose changes its followers are told of too */
  constructor(private readonly agreements = new AgreementStoreTwin()) {}

  async find(platformId: string): Promise<PlatformRecord | undefined> {
    return this.records.get(platformId);
  }

  async list(filter: PlatformFilter, page: PageRequest): Promise<Page<PlatformRecord>> {
    return platformPage([...this.records.values()], filter, page);
  }

  async listParties(filter: PartyFilter, page: PageRequest): Promise<Page<PartyView>> {
    return partyPage([...this.records.values()], filter, page);
  }

  async loadAll(): Promise<readonly PlatformRecord[]> {
    return [...this.records.values()];
  }

  async findByTokenHash(hash: string): Promise<PlatformRecord | undefined> {
    return this.where((record) => record.issuedTokens.some((token) => token.hash === hash))[0];
  }

  async findByParty(party: PartyId): Promise<readonly PlatformRecord[]> {
    return this.where((record) => record.parties.some((own) => own.held && sameParty(own, party)));
  }

  async follow(listener: DirectoryListener): Promise<void> {
    this.listeners.add(listener);
    this.agreements.tell((agreements) => listener.agreementsChanged(agreements));
    listener.reloaded([...this.records.values()]);
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }

  protected where(matches: (record: PlatformRecord) => boolean): PlatformRecord[] {
    return [...this.records.values()].filter(matches);
  }

  protected put(record: PlatformRecord): void {
    this.records.set(record.id, record);
    for (const listener of this.listeners) listener.platformChanged(record.id, record);
  }

  protected heldElsewhere(claimed: readonly Claim[], platformId: string): Party | undefined {
    const verdicts = this.verdictsOn(claimed, { platformId, announced: true, approval: true });
    return claimed.find((_, at) => verdicts[at] === 'taken');
  }

  protected verdictsOn(claimed: readonly Party[], claimant: Claimant): ClaimVerdict[] {
    const holders = [...this.records.values()].flatMap(({ id, parties }) =>
      parties.map((party) => ({ ...party, platformId: id })),
    );
    return claimed.map((claim) =>
      judgeClaim(
        claim,
        claimant,
        holders.filter((holder) => sameParty(holder, claim)),
      ),
    );
  }

  /** The parties as this platform's own, taken away from whoever had given them up. */
  protected takeOver(
    claimed: readonly Claim[],
    platformId: string,
    status: ConnectionStatus,
    now: Date,
  ): PartyRecord[] {
    return claimed.map((party) => {
      const owner = this.where((record) => record.parties.some((own) => roleKey(own) === roleKey(party)))[0];
      const row = owner?.parties.find((own) => roleKey(own) === roleKey(party));
      if (owner !== undefined && owner.id !== platformId) {
        this.put({ ...owner, parties: owner.parties.filter((own) => own !== row) });
      }
      const statusSince = row?.status === status ? row.statusSince : now;
      const knownSince = row && row.status !== 'SUSPENDED' ? row.knownSince : now;
      const { businessDetails } = party;
      return { ...bare(party), businessDetails, status, statusSince, knownSince, held: true };
    });
  }
}

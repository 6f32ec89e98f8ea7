/** Parties as the store keeps them. */
import { type Party } from '@app/ocpi';

/** Spec: 2.2.1-d2 mod_hub_client_info, ConnectionStatus enum. */
export const CONNECTION_STATUSES = ['PLANNED', 'CONNECTED', 'OFFLINE', 'SUSPENDED'] as const;
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

export interface PartyRecord extends Party {
  readonly status: ConnectionStatus;
  /** When `status` last changed: the `last_updated` of its ClientInfo. */
  readonly statusSince: Date;
  /** When it appeared or came back from SUSPENDED: the `last_updated` for those who are shown PLANNED instead. */
  readonly knownSince: Date;
  /** False once the platform gave it up: listed as SUSPENDED, free to be claimed by another platform. */
  readonly held: boolean;
  readonly businessDetails: Record<string, unknown> | null;
}

/** What the operator reads of a party: `WAITING` for his approval, or what the other platforms are shown. */
export const PARTY_STATUSES = [...CONNECTION_STATUSES, 'WAITING'] as const;
export type PartyStatus = (typeof PARTY_STATUSES)[number];

/** A party that its platform claims and the operator did not approve yet: it exists for the operator alone. */
export interface WaitingParty extends Party {
  readonly since: Date;
  readonly businessDetails: Record<string, unknown> | null;
}

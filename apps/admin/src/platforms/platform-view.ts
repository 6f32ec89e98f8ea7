import { ApiProperty } from '@nestjs/swagger';
import { CONNECTION_STATUSES, type ConnectionStatus, type EndpointRecord } from '@app/hub';
import { PARTY_STATUSES, type PartyRecord, type PartyStatus, type PlatformRecord } from '@app/hub';
import {
  INTERFACES,
  type InterfaceRole,
  type Party,
  type Role,
  TOKEN_ENCODINGS,
  type TokenEncoding,
} from '@app/ocpi';
import { PEER_ROLES } from './platform-input';

const AT = '2026-01-31T08:00:00.000Z';
const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';

export class PlatformPartyView {
  @ApiProperty({ example: 'NL' }) country_code: string;
  @ApiProperty({ example: 'TNM' }) party_id: string;
  @ApiProperty({ enum: PEER_ROLES, example: 'CPO' }) role: Role;
  @ApiProperty({
    enum: PARTY_STATUSES,
    example: 'CONNECTED',
    description:
      'WAITING: the platform claims it, and the operator neither announced nor approved it. No other platform is shown it, and it can neither send nor receive.',
  })
  status: PartyStatus;
  @ApiProperty({ format: 'date-time', example: AT, description: 'When `status` last changed.' })
  last_updated: string;
  @ApiProperty({
    description:
      'False while it is WAITING, and once the platform gave it up: another platform may have it then.',
  })
  held: boolean;
}

class EndpointView {
  @ApiProperty({ example: 'locations', description: 'ModuleID, custom ones included.' }) identifier: string;
  @ApiProperty({ enum: INTERFACES, example: 'SENDER' }) role: InterfaceRole;
  @ApiProperty({ example: 'https://cpo.example.com/ocpi/2.2.1/locations' }) url: string;
}

export class PlatformView {
  @ApiProperty({ format: 'uuid', example: ID }) id: string;
  @ApiProperty({ example: 'Example Charging' }) name: string;
  @ApiProperty({ enum: CONNECTION_STATUSES, example: 'CONNECTED' }) status: ConnectionStatus;
  @ApiProperty({ type: String, nullable: true, example: '2.2.1', description: 'Null until registered.' })
  version: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'https://cpo.example.com/ocpi/versions' })
  peer_versions_url: string | null;
  @ApiProperty({
    enum: TOKEN_ENCODINGS,
    example: 'base64',
    description:
      'How the hub shows it its token, found out in the registration: some 2.2 systems know no Base64.',
  })
  token_encoding: TokenEncoding;
  @ApiProperty({ type: [EndpointView] }) endpoints: EndpointView[];
  @ApiProperty({ type: [PlatformPartyView] }) parties: PlatformPartyView[];
  @ApiProperty({ format: 'date-time', example: AT }) created_at: string;
  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: AT }) registered_at:
    string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: AT }) last_seen: string | null;
}

export class PlatformPage {
  @ApiProperty({ type: [PlatformView] }) data: PlatformView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

export class TokenAView {
  @ApiProperty({
    example: 'Vt1Yw0cM0bq7xJ0m7m4cW2fXoB1pJ9c3kQf5r8s2tUw',
    description: 'Credentials token A, shown this once.',
  })
  token_a: string;
  @ApiProperty({ example: 'https://hub.example.com/ocpi/versions', description: 'Versions URL of the hub.' })
  versions_url: string;
}

export class CreatedPlatformView extends TokenAView {
  @ApiProperty({ format: 'uuid', example: ID }) id: string;
  @ApiProperty({ example: 'Example Charging' }) name: string;
  @ApiProperty({ enum: CONNECTION_STATUSES, example: 'PLANNED' }) status: ConnectionStatus;
  @ApiProperty({ type: [PlatformPartyView] }) parties: PlatformPartyView[];
}

/** A platform as the operator sees it. Tokens are no part of it, in no form. */
export function platformView(platform: PlatformRecord): PlatformView {
  return {
    id: platform.id,
    name: platform.name,
    status: platform.status,
    version: platform.version,
    peer_versions_url: platform.versionsUrl,
    token_encoding: platform.tokenEncoding ?? 'base64',
    endpoints: platform.endpoints.map(endpointView),
    parties: partiesView(platform),
    created_at: platform.createdAt.toISOString(),
    registered_at: platform.registeredAt?.toISOString() ?? null,
    last_seen: platform.lastSeenAt?.toISOString() ?? null,
  };
}

/** The answer to a creation: what the operator hands on to the platform. */
export function createdView(platform: PlatformRecord, handedOut: TokenAView): CreatedPlatformView {
  const { id, name, status } = platform;
  return { id, name, status, parties: partiesView(platform), ...handedOut };
}

function partiesView({ parties, waiting = [] }: PlatformRecord): PlatformPartyView[] {
  const claims = waiting.map((party) => ({
    ...party,
    ...({ status: 'WAITING', statusSince: party.since, held: false } as const),
  }));
  return [...parties, ...claims].map(platformPartyView);
}

type Shown = Party & Pick<PartyRecord, 'statusSince' | 'held'> & { readonly status: PartyStatus };

/** One party of a platform, its halves under OCPI's names. */
export function platformPartyView(party: Shown): PlatformPartyView {
  return {
    country_code: party.countryCode,
    party_id: party.partyId,
    role: party.role,
    status: party.status,
    last_updated: party.statusSince.toISOString(),
    held: party.held,
  };
}

function endpointView(endpoint: EndpointRecord): EndpointView {
  return { identifier: endpoint.module, role: endpoint.interfaceRole, url: endpoint.url };
}

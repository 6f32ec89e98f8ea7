import { ApiProperty } from '@nestjs/swagger';
import { type PartyView as PartyRow } from '@app/hub';
import { platformPartyView, PlatformPartyView } from '../platforms';

class PartyPlatformView {
  @ApiProperty({ format: 'uuid', example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11' }) id: string;
  @ApiProperty({ example: 'Example Charging' }) name: string;
}

class PartyView extends PlatformPartyView {
  @ApiProperty({ type: PartyPlatformView }) platform: PartyPlatformView;
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2026-01-31T08:00:00.000Z',
    description: 'Last sign of life of its platform.',
  })
  last_seen: string | null;
}

export class PartyPage {
  @ApiProperty({ type: [PartyView] }) data: PartyView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** A party with the platform that hosts it. */
export function partyView(party: PartyRow): PartyView {
  return {
    ...platformPartyView(party),
    platform: { id: party.platformId, name: party.platformName },
    last_seen: party.lastSeenAt?.toISOString() ?? null,
  };
}

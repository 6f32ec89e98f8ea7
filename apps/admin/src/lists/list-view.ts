import { ApiProperty } from '@nestjs/swagger';
import {
  IGNORED_REASONS,
  type IgnoredReasonCode,
  PULL_STATES,
  type PullState,
  type PulledList,
  type PulledListError,
} from '@app/hub';

const AT = '2026-01-31T08:00:00.000Z';
const TIME = { type: String, nullable: true, format: 'date-time', example: AT } as const;

class IgnoredView {
  @ApiProperty({
    enum: IGNORED_REASONS,
    example: 'other_owner',
    description:
      '`no_owner`: it names none; `other_owner`: it belongs to another party; `no_id`: its id is no CiString; `too_large`: over 4 MiB; `not_portable`: not every reader can parse it.',
  })
  reason: IgnoredReasonCode;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'NL*TNM',
    description: 'The owner that the objects name; null for several, or none.',
  })
  owner: string | null;
  @ApiProperty({ type: 'integer', example: 3 }) count: number;
}

class ListErrorView {
  @ApiProperty({ example: 'list_refused' }) code: string;
  @ApiProperty({ example: 'the list was refused: HTTP 500, OCPI 3000' }) reason: string;
  @ApiProperty({ type: String, nullable: true, example: 'Database is down' }) peer_said: string | null;
}

class ListView {
  @ApiProperty({ example: 'locations', description: 'ModuleID.' }) module: string;
  @ApiProperty({
    enum: PULL_STATES,
    example: 'failing',
    description:
      'Of the parties of the platform the least good: `failing`: the last pull of one failed; `incomplete`: what is listed is known not to be all; `pulling`: one runs now; `waiting`: one was not pulled yet; `complete`.',
  })
  state: PullState;
  @ApiProperty({ ...TIME, description: 'End of the newest pull.' }) last_attempt_at: string | null;
  @ApiProperty({ ...TIME, description: 'End of the newest pull that came to its end.' })
  last_success_at: string | null;
  @ApiProperty({
    type: 'integer',
    example: 120,
    description: 'Objects that the last pull of each party brought.',
  })
  objects: number;
  @ApiProperty({ type: [IgnoredView], description: 'Listed objects that the hub does not keep.' })
  ignored: IgnoredView[];
  @ApiProperty({ type: ListErrorView, nullable: true, description: 'Why the last pull failed.' })
  error: ListErrorView | null;
}

export class ListsView {
  @ApiProperty({ type: [ListView] }) data: ListView[];
}

/** What the hub pulled of one module of a platform. */
export function listView(list: PulledList): ListView {
  const { module, state, lastAttemptAt, lastSuccessAt, objects, ignored, error } = list;
  return {
    ...{ module, state, objects, ignored: ignored.map((each) => ({ ...each })) },
    last_attempt_at: lastAttemptAt?.toISOString() ?? null,
    last_success_at: lastSuccessAt?.toISOString() ?? null,
    error: error && errorView(error),
  };
}

function errorView({ code, reason, peerSaid }: PulledListError): ListErrorView {
  return { code, reason, peer_said: peerSaid };
}

import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type ApproveOutcome } from '@app/hub';
import { type Party, partyKey } from '@app/ocpi';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { indexOfParty, partiesIn } from './planned-parties';
import { ApprovalInput } from './platform-input';
import { PlatformView, platformView } from './platform-view';

/** Connecting the parties that a platform claims and that the operator did not announce. */
@AdminController('platforms')
export class ApprovalController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'approveParties',
    summary: 'Connect parties of the platform that are WAITING, all of them when none are named',
    description:
      'All or nothing. The other platforms are told of them, and their lists are pulled. An approved party stays approved when the platform updates its credentials.',
  })
  @ApiOkResponse({ type: PlatformView })
  @ApiProblems('invalid_input', 'malformed_json', 'not_found', 'not_waiting', 'party_taken')
  @ApiProblems('body_too_large', 'unsupported_media_type')
  async approve(@Param('id', UuidPipe) id: string, @Body() input: ApprovalInput): Promise<PlatformView> {
    const named = input.parties && partiesIn(input.parties, 'parties');
    const { store, now } = this.parts.registration;
    requireApproved(await store.approve(id, named, now()), named);
    const platform = await store.find(id);
    if (!platform) throw noPlatform();
    return platformView(platform);
  }
}

/** @throws Problem `not_found`, `not_waiting`, `party_taken` */
function requireApproved(outcome: ApproveOutcome, named: readonly Party[] | undefined): void {
  if (outcome.outcome === 'done') return;
  if (outcome.outcome === 'not_found') throw noPlatform();
  const { party } = outcome;
  const field = named ? `parties[${indexOfParty(named, party)}]` : 'id';
  const says =
    outcome.outcome === 'not_waiting' ? 'does not wait on this platform' : 'belongs to another platform';
  throw new Problem(outcome.outcome, [{ field, message: `${party.role} ${partyKey(party)} ${says}` }]);
}

function noPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

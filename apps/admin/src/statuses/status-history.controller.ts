import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { parsePartyId, type PartyId } from '@app/ocpi';
import { AdminController } from '../admin-controller';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, invalid } from '../problem';
import { HistoryQuery, statusChangeView, StatusHistoryPage } from './status-history-view';

/** What became of a party over time. */
@AdminController('parties')
export class StatusHistoryController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':country_code/:party_id/history')
  @ApiOperation({
    operationId: 'partyHistory',
    summary: "A party's changes of status with times and reasons, newest first",
    description:
      'Kept for `MESSAGE_LOG_DAYS`; the last change of each role for ever. A party that never was has none.',
  })
  @ApiOkResponse({ type: StatusHistoryPage })
  @ApiProblems('invalid_input')
  async history(
    @Param('country_code') countryCode: string,
    @Param('party_id') partyId: string,
    @Query() query: HistoryQuery,
  ): Promise<StatusHistoryPage> {
    const filter = { ...pairOf(countryCode, partyId), role: query.role };
    return pageView(await this.parts.statuses.history(filter, pageRequest(query)), statusChangeView);
  }
}

/** @throws Problem `invalid_input` that names the half which is malformed */
function pairOf(countryCode: string, partyId: string): PartyId {
  const pair = parsePartyId(countryCode, partyId);
  if (pair) return pair;
  if (!parsePartyId(countryCode, 'AAA')) throw invalid('country_code', 'country_code must be two letters');
  throw invalid('party_id', 'party_id must be three letters or digits');
}

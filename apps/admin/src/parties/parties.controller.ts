import { Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems } from '../problem';
import { PartyQuery } from './party-query';
import { PartyPage, partyView } from './party-view';

/** Every party with the platform that hosts it. */
@AdminController('parties')
export class PartiesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get()
  @ApiOperation({ operationId: 'listParties', summary: 'Every party with role, status and platform' })
  @ApiOkResponse({ type: PartyPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: PartyQuery): Promise<PartyPage> {
    const { role, status } = query;
    const page = await this.parts.registration.store.listParties({ role, status }, pageRequest(query));
    return pageView(page, partyView);
  }
}

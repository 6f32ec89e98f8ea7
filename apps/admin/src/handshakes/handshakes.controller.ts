import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { PageQuery, pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { HandshakePage, handshakeView } from './handshake-view';

/** Why a platform could not connect, or how it did. */
@AdminController('platforms')
export class HandshakesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/handshakes')
  @ApiOperation({
    operationId: 'listHandshakes',
    summary: 'The last 50 handshakes with a platform, newest first, whichever side began them',
    description:
      'Registrations, updates, rotations and the end of a registration, with the step that each came to and the words of the platform. No token is in them. A request with a token that the hub does not know belongs to no platform and is in no list.',
  })
  @ApiOkResponse({ type: HandshakePage })
  @ApiProblems('invalid_input', 'not_found')
  async list(@Param('id', UuidPipe) id: string, @Query() query: PageQuery): Promise<HandshakePage> {
    const { registration, handshakes } = this.parts;
    if (!(await registration.store.find(id))) throw unknownPlatform();
    return pageView(await handshakes.list(id, pageRequest(query)), handshakeView);
  }
}

function unknownPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

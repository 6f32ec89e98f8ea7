import { Body, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { AllowedHosts } from './allowed-hosts-input';

/** Where a platform's URLs in messages (`response_url`, `Link`, `Location`) may lead besides its registered hosts. */
@AdminController('platforms')
export class AllowedHostsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/allowed-hosts')
  @ApiOperation({
    operationId: 'showAllowedHosts',
    summary: 'Further hosts that a platform’s URLs may lead to',
  })
  @ApiOkResponse({ type: AllowedHosts })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<AllowedHosts> {
    const platform = await this.parts.registration.store.find(id);
    if (!platform) throw unknownPlatform();
    return { hosts: [...platform.allowedHosts] };
  }

  @Put(':id/allowed-hosts')
  @ApiOperation({
    operationId: 'replaceAllowedHosts',
    summary: 'Let a platform’s URLs in messages lead to further hosts; the hub sends its token for it there',
  })
  @ApiOkResponse({ type: AllowedHosts })
  @ApiProblems('invalid_input', 'malformed_json', 'not_found', 'body_too_large', 'unsupported_media_type')
  async replace(@Param('id', UuidPipe) id: string, @Body() { hosts }: AllowedHosts): Promise<AllowedHosts> {
    if (!(await this.parts.registration.store.allowHosts(id, hosts))) throw unknownPlatform();
    return { hosts };
  }
}

function unknownPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

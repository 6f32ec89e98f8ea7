import { type PlatformTls } from '@app/hub';
import { Body, Delete, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { PlatformTlsInput } from './platform-tls-input';
import { PlatformTlsView, platformTlsView } from './platform-tls-view';
import { readTls } from './read-tls';

/** TLS with one platform: whom the hub trusts there, what it shows there, and what the platform must show here. */
@AdminController('platforms')
export class PlatformTlsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/tls')
  @ApiOperation({
    operationId: 'showPlatformTls',
    summary: 'Certificates of the connections with a platform; never a key',
  })
  @ApiOkResponse({ type: PlatformTlsView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<PlatformTlsView> {
    const platform = await this.parts.registration.store.find(id);
    if (!platform) throw unknownPlatform();
    return platformTlsView(platform);
  }

  @Put(':id/tls')
  @ApiOperation({
    operationId: 'replacePlatformTls',
    summary: 'Set the certificates of the connections with a platform, as a whole',
    description:
      'Every process follows within a second: new requests use new connections, those under way end as they began.',
  })
  @ApiOkResponse({ type: PlatformTlsView })
  @ApiProblems('invalid_input', 'malformed_json', 'not_found', 'body_too_large', 'unsupported_media_type')
  async replace(
    @Param('id', UuidPipe) id: string,
    @Body() input: PlatformTlsInput,
  ): Promise<PlatformTlsView> {
    const tls = readTls(input, this.parts.registration.now());
    await this.set(id, tls);
    return platformTlsView(tls);
  }

  @Delete(':id/tls')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removePlatformTls',
    summary: 'Back to the well-known authorities, and no client certificate either way',
  })
  @ApiNoContentResponse({ description: 'Nothing is set any more.' })
  @ApiProblems('invalid_input', 'not_found')
  async remove(@Param('id', UuidPipe) id: string): Promise<void> {
    await this.set(id, {});
  }

  private async set(id: string, tls: PlatformTls): Promise<void> {
    if (!(await this.parts.registration.store.setTls(id, tls))) throw unknownPlatform();
  }
}

function unknownPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

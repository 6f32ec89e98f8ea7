import { HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { PlatformView, platformView } from '../platforms';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';

/** Stopping and restarting the traffic of a platform. */
@AdminController('platforms')
export class SuspensionController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post(':id/suspend')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'suspendPlatform',
    summary: 'Stop all traffic from and to the platform; its parties are SUSPENDED',
    description:
      'It outlives an update of its credentials and a new registration. Without effect the second time.',
  })
  @ApiOkResponse({ type: PlatformView })
  @ApiProblems('invalid_input', 'not_found')
  async suspend(@Param('id', UuidPipe) id: string): Promise<PlatformView> {
    const { statuses, registration } = this.parts;
    return this.shown(id, await statuses.suspend(id, registration.now()));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resumePlatform',
    summary: 'Restart it: its parties are CONNECTED when it is registered, else PLANNED',
    description: 'Without effect on a platform that is not suspended.',
  })
  @ApiOkResponse({ type: PlatformView })
  @ApiProblems('invalid_input', 'not_found')
  async resume(@Param('id', UuidPipe) id: string): Promise<PlatformView> {
    const { statuses, registration } = this.parts;
    return this.shown(id, await statuses.resume(id, registration.now()));
  }

  private async shown(id: string, found: boolean): Promise<PlatformView> {
    const platform = found ? await this.parts.registration.store.find(id) : undefined;
    if (!platform) throw new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
    return platformView(platform);
  }
}

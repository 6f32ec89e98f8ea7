import { HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';

/** Stops and restarts what is sent later to one platform; its direct traffic goes on. */
@AdminController('platforms')
export class DeliveryPauseController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post(':id/deliveries/pause')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'pauseDeliveries',
    summary: 'Deliver nothing to a platform; what is for it waits, newest state only, until its age limit',
  })
  @ApiNoContentResponse({ description: 'Its deliveries are paused.' })
  @ApiProblems('invalid_input', 'not_found')
  async pause(@Param('id', UuidPipe) id: string): Promise<void> {
    await this.requirePlatform(id);
    await this.parts.deliveries.pause(id);
  }

  @Post(':id/deliveries/resume')
  @HttpCode(204)
  @ApiOperation({ operationId: 'resumeDeliveries', summary: 'Deliver to a platform again' })
  @ApiNoContentResponse({ description: 'What waited goes out within a few seconds.' })
  @ApiProblems('invalid_input', 'not_found')
  async resume(@Param('id', UuidPipe) id: string): Promise<void> {
    await this.requirePlatform(id);
    await this.parts.deliveries.resume(id);
  }

  @Post(':id/deliveries/resynced')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'markResynced',
    summary: 'Say that a platform has fetched what it missed: it is not listed for that any more',
  })
  @ApiNoContentResponse({ description: 'It is in need of nothing, until more deliveries expire.' })
  @ApiProblems('invalid_input', 'not_found')
  async resynced(@Param('id', UuidPipe) id: string): Promise<void> {
    await this.requirePlatform(id);
    await this.parts.deliveries.resynced(id);
  }

  private async requirePlatform(id: string): Promise<void> {
    if (await this.parts.registration.store.find(id)) return;
    throw new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
  }
}

import { Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { LimitsView, limitsView } from './limits-view';

/** How near a platform is to the limits of what the hub keeps for it. Apart from the platform: it changes all the time. */
@AdminController('platforms')
export class LimitsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/limits')
  @ApiOperation({
    operationId: 'showLimits',
    summary: 'What a platform has of each thing that is limited, and the setting of the limit',
  })
  @ApiOkResponse({ type: LimitsView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<LimitsView> {
    const { registration, usage, storageLimits } = this.parts;
    const platform = await registration.store.find(id);
    if (!platform) throw new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
    return limitsView(platform, await usage.usageOf(id), { ...registration.limits, ...storageLimits });
  }
}

import { Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { StatisticsView, trafficView } from './statistics-view';

const HOUR_MS = 3_600_000;

/** How a platform is doing, from the message log. */
@AdminController('platforms')
export class StatisticsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/statistics')
  @ApiOperation({
    operationId: 'showStatistics',
    summary: 'Messages, errors and latency of a platform by module and interface, last hour and last day',
    description:
      'Counted in the message log, which is written a moment after a message was answered. Busiest first, at most 200 rows each.',
  })
  @ApiOkResponse({ type: StatisticsView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<StatisticsView> {
    const { registration, messages } = this.parts;
    if (!(await registration.store.find(id))) throw unknownPlatform();
    const now = registration.now();
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    const [hour, day] = await Promise.all([
      messages.traffic(id, before(HOUR_MS), now),
      messages.traffic(id, before(24 * HOUR_MS), now),
    ]);
    return { until: now.toISOString(), last_hour: hour.map(trafficView), last_day: day.map(trafficView) };
  }
}

function unknownPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

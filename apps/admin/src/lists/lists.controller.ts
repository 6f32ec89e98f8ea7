import { Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { pulledLists } from '@app/hub';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { ListsView, listView } from './list-view';

/** What GET All can show of a platform, and why not more. */
@AdminController('platforms')
export class ListsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':id/lists')
  @ApiOperation({
    operationId: 'showLists',
    summary:
      'The lists that the hub pulls from a platform: a row a module, with what failed and what was ignored',
    description:
      'Lists of `locations`, `tariffs` and `tokens` are pulled from each party when the platform registers or reconnects, and every few hours. The row of a module sums up those of its parties.',
  })
  @ApiOkResponse({ type: ListsView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<ListsView> {
    const { registration, lists } = this.parts;
    if (!(await registration.store.find(id))) throw unknownPlatform();
    const now = registration.now();
    return { data: pulledLists(await lists.statesOf(id), now).map(listView) };
  }
}

function unknownPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

import { Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems } from '../problem';
import { messageFilter, MessageQuery } from './message-query';
import { MessagePage, messageView } from './message-view';

/** The message log: who sent what to whom, when, and how it ended. */
@AdminController('messages')
export class MessagesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get()
  @ApiOperation({ operationId: 'listMessages', summary: 'Messages, newest first; filters add up' })
  @ApiOkResponse({ type: MessagePage })
  @ApiProblems('invalid_input')
  async list(@Query() query: MessageQuery): Promise<MessagePage> {
    return pageView(await this.parts.messages.find(messageFilter(query), pageRequest(query)), messageView);
  }
}

import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type DeliveryChange } from '@app/hub';
import { AdminController } from '../admin-controller';
import { pageRequest, PageQuery, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { deliveryFilter, DeliveryQuery, RetryInput } from './delivery-query';
import {
  DeliveryPage,
  DeliveryView,
  deliveryView,
  ReceiverPage,
  receiverView,
  RetryReportView,
} from './delivery-view';
import { retryMany } from './retry-many';

/** Deliveries: what waits for its receiver, what is dead, and what to do about it. */
@AdminController('deliveries')
export class DeliveriesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get()
  @ApiOperation({ operationId: 'listDeliveries', summary: 'Deliveries, newest first; filters add up' })
  @ApiOkResponse({ type: DeliveryPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: DeliveryQuery): Promise<DeliveryPage> {
    return pageView(
      await this.parts.deliveries.list(deliveryFilter(query), pageRequest(query)),
      deliveryView,
    );
  }

  @Get('receivers')
  @ApiOperation({
    operationId: 'listReceivers',
    summary: 'Platforms whose deliveries are paused, or which missed some while they could not be reached',
  })
  @ApiOkResponse({ type: ReceiverPage })
  @ApiProblems('invalid_input')
  async receivers(@Query() query: PageQuery): Promise<ReceiverPage> {
    return pageView(await this.parts.deliveries.receivers(pageRequest(query)), receiverView);
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryDeliveries',
    summary: 'Send many dead or expired deliveries again, a page of them a call',
  })
  @ApiOkResponse({ type: RetryReportView })
  @ApiProblems('invalid_input', 'malformed_json', 'body_too_large', 'unsupported_media_type')
  retryMany(@Body() input: RetryInput): Promise<RetryReportView> {
    const { deliveries, deliveryMaxAgeSeconds } = this.parts;
    return retryMany(deliveries, deliveryFilter(input), pageRequest(input), deliveryMaxAgeSeconds);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showDelivery', summary: 'One delivery' })
  @ApiOkResponse({ type: DeliveryView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<DeliveryView> {
    const delivery = await this.parts.deliveries.find(id);
    if (!delivery) throw noDelivery();
    return deliveryView(delivery);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryDelivery',
    summary: 'Send a dead, expired or discarded delivery again, or a waiting one now',
    description: 'It goes out within a few seconds, and has a fresh age.',
  })
  @ApiOkResponse({ type: DeliveryView })
  @ApiProblems('invalid_input', 'not_found', 'delivery_state', 'delivery_superseded', 'delivery_not_owed')
  async retry(@Param('id', UuidPipe) id: string): Promise<DeliveryView> {
    const { deliveries, deliveryMaxAgeSeconds } = this.parts;
    requireDone(await deliveries.retry(id, deliveryMaxAgeSeconds));
    return this.show(id);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDelivery',
    summary: 'Give a waiting, dead or expired delivery up',
  })
  @ApiOkResponse({ type: DeliveryView })
  @ApiProblems('invalid_input', 'not_found', 'delivery_state')
  async discard(@Param('id', UuidPipe) id: string): Promise<DeliveryView> {
    requireDone(await this.parts.deliveries.discard(id));
    return this.show(id);
  }
}

function requireDone(change: DeliveryChange): void {
  if (change.outcome === 'not_found') throw noDelivery();
  if (change.outcome === 'not_owed') throw new Problem('delivery_not_owed');
  if (change.outcome === 'superseded') throw new Problem('delivery_superseded');
  if (change.outcome === 'wrong_state') {
    throw new Problem('delivery_state', [{ field: 'state', message: `it is ${change.state}` }]);
  }
}

function noDelivery(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no delivery has this id' }]);
}

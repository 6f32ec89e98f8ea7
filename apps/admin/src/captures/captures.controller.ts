import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type Capture, type CaptureStart } from '@app/hub';
import { LeastRole } from '../access';
import { AdminController } from '../admin-controller';
import { AuditedRead } from '../audit';
import { pageRequest, PageQuery, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { CaptureInput, maxBytesOf } from './capture-input';
import { CaptureView, captureView } from './capture-view';
import { CapturedMessagePage, capturedMessageView } from './captured-message-view';

/** Payloads of one platform's messages, for a limited time: off unless somebody asks for them here. */
@AdminController('platforms')
export class CapturesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post(':id/capture')
  @ApiOperation({
    operationId: 'startCapture',
    summary: 'Keep the payloads of a platform’s messages for a while, encrypted',
    description:
      'Of functional messages in both directions: direct ones, callbacks, deliveries. Handshakes and `Authorization` never. It ends by itself, and delays or fails no message. What an earlier one captured is deleted.',
  })
  @ApiCreatedResponse({ type: CaptureView })
  @ApiProblems('invalid_input', 'malformed_json', 'not_found', 'capture_running', 'capture_no_room')
  @ApiProblems('body_too_large', 'unsupported_media_type')
  async start(@Param('id', UuidPipe) id: string, @Body() input: CaptureInput): Promise<CaptureView> {
    const { captureKeepSeconds, captureMaxBytesPerPlatform, captureMaxBytesTotal } = this.parts;
    const order = {
      ...{ platformId: id, keepSeconds: captureKeepSeconds, durationSeconds: input.duration_seconds },
      ...{ maxBytes: maxBytesOf(input, captureMaxBytesPerPlatform), maxBytesTotal: captureMaxBytesTotal },
      maxPayloadBytes: input.max_payload_bytes,
    };
    return this.view(started(await this.parts.captures.start(order, this.now())));
  }

  @Get(':id/capture')
  @ApiOperation({
    operationId: 'showCapture',
    summary: 'The last capture of a platform, without what it captured',
  })
  @ApiOkResponse({ type: CaptureView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<CaptureView> {
    return this.view(await this.required(id));
  }

  @Get(':id/capture/messages')
  @LeastRole('operator')
  @AuditedRead()
  @ApiOperation({
    operationId: 'listCapturedMessages',
    summary: 'What it captured, in the clear, oldest first',
    description:
      'A page ends early when it gets long (8 MiB in the database); `next_cursor` leads on. Each page that is read is in the audit log: by whom, of which platform, when; not what.',
  })
  @ApiOkResponse({ type: CapturedMessagePage })
  @ApiProblems('invalid_input', 'not_found')
  async list(@Param('id', UuidPipe) id: string, @Query() query: PageQuery): Promise<CapturedMessagePage> {
    const capture = await this.required(id);
    return pageView(await this.parts.captures.list(capture.id, pageRequest(query)), capturedMessageView);
  }

  @Delete(':id/capture')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'stopCapture',
    summary: 'End it now; what it captured stays until its age is over',
  })
  @ApiNoContentResponse({ description: 'Nothing is captured any more.' })
  @ApiProblems('invalid_input', 'not_found')
  async stop(@Param('id', UuidPipe) id: string): Promise<void> {
    if (!(await this.parts.captures.stop(id, this.now())))
      throw noCapture('no capture of this platform runs');
  }

  /** Not a DELETE of the messages: the audit log keeps what a change was about, and must not keep payloads. */
  @Post(':id/capture/erase')
  @HttpCode(204)
  @ApiOperation({ operationId: 'eraseCapture', summary: 'Delete what was captured so far' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems('invalid_input', 'not_found')
  async erase(@Param('id', UuidPipe) id: string): Promise<void> {
    if (!(await this.parts.captures.erase(id))) throw noCapture();
  }

  private async required(id: string): Promise<Capture> {
    const capture = await this.parts.captures.find(id);
    if (!capture) throw noCapture();
    return capture;
  }

  private view(capture: Capture): CaptureView {
    return captureView(capture, this.now());
  }

  private now(): Date {
    return this.parts.registration.now();
  }
}

function started(start: CaptureStart): Capture {
  if (start.outcome === 'done') return start.capture;
  if (start.outcome === 'not_found') throw noCapture('no platform has this id');
  throw new Problem(start.outcome === 'running' ? 'capture_running' : 'capture_no_room');
}

function noCapture(message = 'no capture is kept of a platform with this id'): Problem {
  return new Problem('not_found', [{ field: 'id', message }]);
}

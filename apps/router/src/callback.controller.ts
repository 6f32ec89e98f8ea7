import { runCallback } from '@app/hub';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { versionIn } from './configuration/handle';
import { type FastifyReply, type FastifyRequest } from './edge/fastify';
import { answer, incomingOf } from './edge/message';
import { ROUTER_PARTS, type RouterParts } from './parts';

/** The URLs that the hub hands out: command results, charging profiles, next pages, CDRs. */
@Controller('ocpi/:version/callback/:id')
export class CallbackController {
  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  @All()
  async callback(
    @Param('version') text: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const version = versionIn(text);
    answer(reply, await runCallback(incomingOf(request), { version, id }, this.parts));
  }
}

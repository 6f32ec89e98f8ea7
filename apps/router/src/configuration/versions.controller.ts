import { publishedEndpoints, publishedVersions } from '@app/ocpi';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from '../edge/fastify';
import { ROUTER_PARTS, type RouterParts } from '../parts';
import { handle, versionIn } from './handle';

/** Spec: 2.2.1-d2 version_information_endpoint. */
@Controller('ocpi')
export class VersionsController {
  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  @All('versions')
  versions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return handle(this.parts, request, reply, {
      GET: () => ({ data: publishedVersions(this.parts.publicUrl) }),
    });
  }

  @All(':version')
  async details(
    @Param('version') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const version = versionIn(text);
    return handle(this.parts, request, reply, {
      GET: () => ({ data: { version, endpoints: publishedEndpoints(this.parts.publicUrl, version) } }),
    });
  }
}

import { asHubError, hubCredentials, registerPlatform, unregisterPlatform } from '@app/hub';
import { type Version } from '@app/ocpi';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from '../edge/fastify';
import { ROUTER_PARTS, type RouterParts } from '../parts';
import { type ConfigurationAnswer, type ConfigurationRequest, handle, versionIn } from './handle';

/** Spec: 2.2.1-d2 credentials. */
@Controller('ocpi/:version/credentials')
export class CredentialsController {
  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  @All()
  async credentials(
    @Param('version') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const version = versionIn(text);
    return handle(this.parts, request, reply, {
      GET: ({ token }) => ({ data: hubCredentials(this.parts.identity, token) }),
      POST: (asked) => this.register(asked, version, 'first'),
      PUT: (asked) => this.register(asked, version, 'update'),
      DELETE: (asked) => this.unregister(asked),
    });
  }

  private async register(
    request: ConfigurationRequest,
    version: Version,
    kind: 'first' | 'update',
  ): Promise<ConfigurationAnswer> {
    const { platform, token } = request.holder;
    const { body, headers, ids } = request.incoming;
    const { correlationId } = ids;
    const asked = { platform, tokenHash: token.hash, kind, correlationId, version, body, headers };
    return this.counted(registerPlatform(this.parts.registration, asked));
  }

  private async unregister(request: ConfigurationRequest): Promise<ConfigurationAnswer> {
    const { correlationId } = request.incoming.ids;
    const { id } = request.holder.platform;
    await this.counted(unregisterPlatform(this.parts.registration, id, correlationId));
    return {};
  }

  private counted<T>(handshake: Promise<T>): Promise<T> {
    return handshake.catch((error: unknown) => {
      this.parts.handshakesRefused.inc({ reason: asHubError(error).code });
      throw error;
    });
  }
}

import { asHubError, hubCredentials, registerPlatform, unregisterPlatform } from '@app/hub';
import { type Version } from '@app/ocpi';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from '../edge/fastify';
import { ROUTER_PARTS, type RouterParts } from '../parts';
import { type ConfigurationAnswer, type ConfigurationRequest, handle, versionIn } from './handle';
import { told } from './told';

/** What the operator reads in the log. */
const DONE = {
  first: 'platform registered',
  update: 'platform updated its registration',
  end: 'platform unregistered',
} as const;

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
    const { body, headers } = request.incoming;
    const asked = { platform, tokenHash: token.hash, kind, version, body, headers };
    const work = () => this.counted(registerPlatform(this.parts.registration, asked));
    return told(this.parts.log, request, DONE[kind], work);
  }

  private async unregister(request: ConfigurationRequest): Promise<ConfigurationAnswer> {
    const work = () => this.counted(unregisterPlatform(this.parts.registration, request.holder.platform.id));
    await told(this.parts.log, request, DONE.end, work);
    return {};
  }

  private counted<T>(handshake: Promise<T>): Promise<T> {
    return handshake.catch((error: unknown) => {
      this.parts.handshakesRefused.inc({ reason: asHubError(error).code });
      throw error;
    });
  }
}

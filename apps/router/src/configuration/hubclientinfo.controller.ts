import { clientInfoPage, HubError, unauthorized, type ViewQuery } from '@app/hub';
import { nextLink, type Paging, parsePaging, type Version } from '@app/ocpi';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from '../edge/fastify';
import { ROUTER_PARTS, type RouterParts } from '../parts';
import { type ConfigurationAnswer, type ConfigurationRequest, handle, versionIn } from './handle';

/** ClientInfo objects in one answer: about 130 bytes each. */
const MAX_PAGE = 500;

/** The Sender interface. Spec: 2.2.1-d2 mod_hub_client_info, Sender Interface. */
@Controller('ocpi/:version/hubclientinfo')
export class HubClientInfoController {
  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  @All()
  async list(
    @Param('version') text: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const version = versionIn(text);
    return handle(this.parts, request, reply, { GET: (asked) => this.page(asked, version) });
  }

  private async page(
    { holder, incoming }: ConfigurationRequest,
    version: Version,
  ): Promise<ConfigurationAnswer> {
    if (holder.token.kind !== 'C') throw unauthorized(incoming.headers, holder);
    const query = new URLSearchParams(incoming.path.split('?')[1] ?? '');
    const { malformed, ...asked } = parsePaging(query, MAX_PAGE);
    if (!('paging' in asked)) throw new HubError('parameter_malformed', malformed);
    const viewer = holder.platform;
    const changesOf = (about: ViewQuery) => this.parts.announcements.viewsOf(viewer.id, about);
    const viewing = { viewer, changesOf, now: this.parts.now() };
    const { data, total } = await clientInfoPage(this.parts.directory, viewing, asked.paging);
    return { data, headers: this.headers(query, asked.paging, total, version) };
  }

  private headers(
    query: URLSearchParams,
    paging: Paging,
    total: number,
    version: Version,
  ): readonly string[] {
    const always = ['X-Total-Count', String(total), 'X-Limit', String(MAX_PAGE)];
    const next = paging.offset + paging.limit;
    if (next >= total) return always;
    const onward = new URLSearchParams(query);
    onward.set('offset', String(next));
    onward.set('limit', String(paging.limit));
    const url = `${this.parts.publicUrl}/ocpi/${version}/hubclientinfo?${onward.toString()}`;
    return [...always, 'Link', nextLink(url)];
  }
}

import { Body, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import {
  type CreateOutcome,
  dismissPlatform,
  hashToken,
  newToken,
  type PlatformRecord,
  registerAtPeer,
  rotateToken,
  type TokenAOutcome,
  triedVersionsUrl,
} from '@app/hub';
import { AdminController } from '../admin-controller';
import { ApiHandshake, CorrelationId } from '../handshakes';
import { ApiIdempotent, created, IdempotencyKey } from '../idempotency';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, asProblem, invalid, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { partyTaken, plannedParties, requireNotHub } from './planned-parties';
import { PlatformChangeInput, PlatformInput, RegisterInput } from './platform-input';
import { platformFilter, PlatformQuery } from './platform-query';
import {
  CreatedPlatformView,
  createdView,
  PlatformPage,
  PlatformView,
  platformView,
  TokenAView,
} from './platform-view';

/** Platforms: announcing them, handing out token A, registering at them, rotating tokens, ending their registration. */
@AdminController('platforms')
export class PlatformsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post()
  @ApiOperation({ operationId: 'createPlatform', summary: 'Announce a platform and make its token A' })
  @ApiCreatedResponse({ type: CreatedPlatformView, description: '`token_a` is shown this once.' })
  @ApiProblems('invalid_input', 'malformed_json', 'party_taken', 'body_too_large', 'unsupported_media_type')
  @ApiIdempotent()
  async create(
    @Body() input: PlatformInput,
    @IdempotencyKey() key: string | undefined,
  ): Promise<CreatedPlatformView> {
    const planned = plannedParties(input);
    const { hub, store } = this.parts.registration;
    requireNotHub(planned, hub.party);
    const now = this.parts.registration.now();
    const tokenA = newToken();
    const made = { name: input.name.trim(), plannedParties: planned, tokenAHash: hashToken(tokenA) };
    const view = (outcome: CreateOutcome): CreatedPlatformView => {
      if (outcome.outcome === 'party_taken') throw partyTaken(planned, outcome.party, 'another platform');
      return createdView(outcome.platform, this.handOut(tokenA));
    };
    return created({
      ...{ call: 'platforms', key, input, now, view },
      create: () => store.create(made, now),
      createOnce: (once) => store.createOnce(once, made, now),
    });
  }

  @Get()
  @ApiOperation({ operationId: 'listPlatforms', summary: 'Platforms in the order of their creation' })
  @ApiOkResponse({ type: PlatformPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: PlatformQuery): Promise<PlatformPage> {
    const page = await this.parts.registration.store.list(platformFilter(query), pageRequest(query));
    return pageView(page, platformView);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showPlatform', summary: 'One platform, without its tokens' })
  @ApiOkResponse({ type: PlatformView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<PlatformView> {
    return platformView(await this.required(id));
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'changePlatform',
    summary: 'Rename a platform, change which parties are announced for it, or correct its versions URL',
    description: 'At least one of the three. All or nothing.',
  })
  @ApiOkResponse({ type: PlatformView })
  @ApiProblems(
    'invalid_input',
    'malformed_json',
    'not_found',
    'party_taken',
    'not_registered',
    'peer_unusable',
  )
  @ApiProblems('body_too_large', 'unsupported_media_type')
  async change(@Param('id', UuidPipe) id: string, @Body() input: PlatformChangeInput): Promise<PlatformView> {
    const { name, planned_parties, versions_url } = input;
    if (name === undefined && planned_parties === undefined && versions_url === undefined) {
      throw invalid('body', 'body must have name, planned_parties or versions_url');
    }
    const { hub, store, now } = this.parts.registration;
    const planned = plannedParties(input);
    requireNotHub(planned, hub.party);
    const versionsUrl = versions_url && (await this.tried(id, versions_url));
    const change = { name: name?.trim(), plannedParties: planned_parties && planned, versionsUrl };
    const outcome = await store.change(id, change, now());
    if (outcome.outcome === 'not_found') throw noPlatform();
    if (outcome.outcome === 'party_taken') throw partyTaken(planned, outcome.party, 'another platform');
    return platformView(await this.required(id));
  }

  @Post(':id/token-a')
  @ApiOperation({
    operationId: 'reissueTokenA',
    summary: 'Make a fresh token A for a platform that is not registered; older ones are dead',
  })
  @ApiCreatedResponse({ type: TokenAView, description: '`token_a` is shown this once.' })
  @ApiProblems('invalid_input', 'not_found', 'already_registered')
  @ApiIdempotent()
  async reissueTokenA(
    @Param('id', UuidPipe) id: string,
    @IdempotencyKey() key: string | undefined,
  ): Promise<TokenAView> {
    const { store } = this.parts.registration;
    const now = this.parts.registration.now();
    const tokenA = newToken();
    const fresh = { platformId: id, tokenAHash: hashToken(tokenA) };
    const view = ({ outcome }: TokenAOutcome): TokenAView => {
      if (outcome === 'not_found') throw noPlatform();
      if (outcome === 'already_registered') throw new Problem('already_registered');
      return this.handOut(tokenA);
    };
    return created({
      ...{ call: `platforms/${id}/token-a`, key, input: {}, now, view },
      create: () => store.replaceTokenA(fresh, now),
      createOnce: (once) => store.replaceTokenAOnce(once, fresh, now),
    });
  }

  @Post(':id/register')
  @HttpCode(200)
  @ApiOperation({ operationId: 'registerAtPlatform', summary: 'The hub registers itself at the platform' })
  @ApiHandshake({ type: PlatformView })
  @ApiProblems('invalid_input', 'malformed_json', 'peer_unusable', 'not_found')
  @ApiProblems('already_registered', 'handshake_running', 'not_invited', 'party_taken', 'party_not_announced')
  @ApiProblems('limit_reached')
  @ApiProblems('body_too_large', 'unsupported_media_type')
  async register(
    @Param('id', UuidPipe) id: string,
    @Body() input: RegisterInput,
    @CorrelationId() correlationId: string,
  ): Promise<PlatformView> {
    await this.required(id);
    const peer = { versionsUrl: input.versions_url, tokenA: input.token_a, correlationId };
    await registerAtPeer(this.parts.registration, id, peer);
    return platformView(await this.required(id));
  }

  @Post(':id/rotate-token')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateToken',
    summary: 'Give the platform a new token by a PUT of credentials, and take the one that it answers with',
    description:
      'No token is shown. The old one works until the new one is used, at most `TOKEN_GRACE_SECONDS`. When the platform refuses or does not answer, nothing is changed.',
  })
  @ApiHandshake({ type: PlatformView })
  @ApiProblems('invalid_input', 'peer_unusable', 'not_found', 'not_registered', 'handshake_running')
  async rotateToken(
    @Param('id', UuidPipe) id: string,
    @CorrelationId() correlationId: string,
  ): Promise<PlatformView> {
    await this.required(id);
    const refusal = await rotateToken(this.parts.registration, id, correlationId).catch((error: unknown) => {
      throw asProblem(error, 'id');
    });
    if (refusal) this.parts.log.warn({ err: refusal, platformId: id }, 'rotated, but its parties stay');
    return platformView(await this.required(id));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'unregisterPlatform',
    summary:
      'End the registration and tell the platform, or take back the invitation of one that is not registered',
    description:
      'Its tokens are dead. Its parties stay in the list as SUSPENDED and may be announced for, or registered by, another platform. A new token A invites it again.',
  })
  @ApiNoContentResponse({ description: 'The platform is not registered any more, and not invited.' })
  @ApiProblems('invalid_input', 'not_found', 'not_registered')
  async unregister(@Param('id', UuidPipe) id: string): Promise<void> {
    await this.required(id);
    await dismissPlatform(this.parts.registration, id);
  }

  private async tried(id: string, versionsUrl: string): Promise<string> {
    await this.required(id);
    return triedVersionsUrl(this.parts.registration, id, versionsUrl);
  }

  private async required(id: string): Promise<PlatformRecord> {
    const platform = await this.parts.registration.store.find(id);
    if (!platform) throw noPlatform();
    return platform;
  }

  private handOut(tokenA: string): TokenAView {
    return { token_a: tokenA, versions_url: this.parts.registration.hub.versionsUrl };
  }
}

function noPlatform(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no platform has this id' }]);
}

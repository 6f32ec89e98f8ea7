import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type ApiKeyOutcome, hashToken } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { callerOf, LeastRole, newApiKey } from '../access';
import { AdminController } from '../admin-controller';
import { nothingChanged } from '../audit';
import { ApiIdempotent, created, IdempotencyKey } from '../idempotency';
import { pageRequest, PageQuery, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { ApiKeyInput, expiryOf, nameOf } from './api-key-input';
import { ApiKeyPage, ApiKeyView, apiKeyView, CreatedApiKeyView } from './api-key-view';

/** Keys of this API. `ADMIN_API_KEY` is the first owner's and none of them: it is in no database. */
@AdminController('api-keys')
@LeastRole('owner')
export class ApiKeysController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post()
  @ApiOperation({ operationId: 'createApiKey', summary: 'Make a key' })
  @ApiCreatedResponse({ type: CreatedApiKeyView, description: '`key` is shown this once.' })
  @ApiProblems('invalid_input', 'malformed_json', 'body_too_large', 'unsupported_media_type')
  @ApiIdempotent()
  async create(
    @Body() input: ApiKeyInput,
    @IdempotencyKey() key: string | undefined,
  ): Promise<CreatedApiKeyView> {
    const now = this.parts.registration.now();
    const secret = newApiKey();
    const expiresAt = expiryOf(input, now);
    const made = { name: nameOf(input), role: input.role, expiresAt, hash: hashToken(secret) };
    const { apiKeys } = this.parts;
    return created({
      ...{ call: 'api-keys', key, input, now },
      view: (outcome: ApiKeyOutcome) => ({ ...apiKeyView(outcome.key), key: secret }),
      create: () => apiKeys.create(made, now),
      createOnce: (once) => apiKeys.createOnce(once, made, now),
    });
  }

  @Get()
  @ApiOperation({
    operationId: 'listApiKeys',
    summary: 'Keys in the order of their creation, revoked and expired ones too',
  })
  @ApiOkResponse({ type: ApiKeyPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: PageQuery): Promise<ApiKeyPage> {
    return pageView(await this.parts.apiKeys.list(pageRequest(query)), apiKeyView);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showApiKey', summary: 'One key, without the key itself' })
  @ApiOkResponse({ type: ApiKeyView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<ApiKeyView> {
    const key = await this.parts.apiKeys.find(id);
    if (!key) throw new Problem('not_found', [{ field: 'id', message: 'no key has this id' }]);
    return apiKeyView(key);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke a key for good; every admin process refuses it from then on',
    description: 'It stays in the list. Without effect the second time.',
  })
  @ApiNoContentResponse({ description: 'It is revoked.' })
  @ApiProblems('invalid_input', 'not_found', 'key_in_use')
  async revoke(@Param('id', UuidPipe) id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.show(id);
    if (callerOf(request).id === id) throw new Problem('key_in_use');
    if (!(await this.parts.apiKeys.revoke(id, this.parts.registration.now()))) nothingChanged();
  }
}

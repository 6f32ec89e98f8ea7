import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ADMIN_PARTS, type AdminParts } from './parts';
import { Problem } from './problem';

const GUARDED = '/admin/';
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Lets requests to `/admin/…` pass when they bring `Authorization: Bearer {ADMIN_API_KEY}`.
 *
 * It goes by the matched route, so that a new controller under `/admin` is closed without anybody thinking
 * of it. `/health` and `/metrics` lie outside and are open by design. `/admin/openapi.json` and `/admin/docs`
 * are served before guards run and are open too: they hold the contract and no data, and the page must load
 * before a key can be typed into it.
 *
 * @throws Problem `unauthorized`
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly keyHash: Buffer;

  constructor(@Inject(ADMIN_PARTS) parts: AdminParts) {
    this.keyHash = sha256(parts.apiKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.routeOptions.url?.startsWith(GUARDED)) return true;
    const presented = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (presented !== undefined && timingSafeEqual(sha256(presented), this.keyHash)) return true;
    throw new Problem('unauthorized');
  }
}

/** Hashes have one length, so that comparing them tells nothing about the key, not even its length. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

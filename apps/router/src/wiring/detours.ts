import { Detours, type DetoursOptions } from '@app/hub';
import { DETOUR_ID_BYTES } from '@app/ocpi';
import { type Settings } from '@app/settings';
import { randomBytes } from 'node:crypto';

/** The URLs that this router hands out in place of those of peers. */
export function detoursOf(settings: Settings, parts: Pick<DetoursOptions, 'store' | 'log' | 'now'>): Detours {
  return new Detours({
    ...parts,
    publicUrl: settings.publicUrl,
    responseTtlSeconds: settings.callbackTtlSeconds,
    newId: () => randomBytes(DETOUR_ID_BYTES).toString('base64url'),
  });
}

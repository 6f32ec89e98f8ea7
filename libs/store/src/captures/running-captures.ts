import { type RunningCapture } from '@app/hub';
import { type EntityManager } from 'typeorm';

const RUNNING = `
  SELECT platform_id AS "platformId", id, ends_at AS "endsAt", max_payload_bytes AS "maxPayloadBytes"
  FROM captures WHERE ended_at IS NULL AND ends_at > now() AND ($1::uuid[] IS NULL OR platform_id = ANY($1))`;

/** The captures that run, of these platforms or of all, by platform. There is rarely one. */
export async function runningCaptures(
  manager: EntityManager,
  platformIds: readonly string[] | undefined,
): Promise<ReadonlyMap<string, RunningCapture>> {
  const rows = await manager.query<(RunningCapture & { readonly platformId: string })[]>(RUNNING, [
    platformIds ?? null,
  ]);
  return new Map(rows.map(({ platformId, ...capture }) => [platformId, capture]));
}

import { type MessageRow, type Traffic } from '@app/hub';

type Kind = Pick<Traffic, 'direction' | 'module' | 'interfaceRole'>;

/** What came of a platform's messages, from rows in memory. */
export function trafficOf(platformId: string, rows: readonly MessageRow[]): Traffic[] {
  const sent = rows.filter((row) => row.fromPlatformId === platformId);
  const received = rows.filter((row) => row.toPlatformId === platformId);
  const all = [...ofKinds('sent', sent), ...ofKinds('received', received)];
  return all.sort((a, b) => b.messages - a.messages);
}

function ofKinds(direction: Kind['direction'], rows: readonly MessageRow[]): Traffic[] {
  const kinds = new Map<string, MessageRow[]>();
  for (const row of rows) {
    const kind = `${row.module} ${row.interfaceRole}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  return [...kinds.values()].map((of) => {
    const { module, interfaceRole } = of[0]!;
    const durations = of.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
    return {
      ...{ direction, module, interfaceRole, messages: of.length, errors: of.filter(isFailed).length },
      ...{ p50Ms: percentile(durations, 0.5), p95Ms: percentile(durations, 0.95) },
    };
  });
}

/** Refused, or not answered in success. */
export function isFailed({ error, httpStatus, ocpiStatus }: MessageRow): boolean {
  return error !== null || httpStatus >= 400 || (ocpiStatus ?? 0) >= 2000;
}

/** Between two values, as far between them as the share lies. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place % 1);
}

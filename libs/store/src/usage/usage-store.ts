/** ADAPTER of the port `UsageStore`: sums of the counters that triggers keep. */
import { type ObjectKey, type PlatformUsage, type UsageStore } from '@app/hub';
import { type DataSource } from 'typeorm';

/** At most 48 rows a platform: three kinds, 16 shards each. */
const USAGE = `
  SELECT coalesce(sum(count) FILTER (WHERE kind = 'objects'), 0)::float8 AS objects,
    coalesce(sum(bytes), 0)::float8 AS bytes
  FROM platform_usage WHERE platform_id = $1`;

const STORED = `
  SELECT count(*)::int AS count
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS named (module, object_id, type, owner)
  JOIN objects USING (module, object_id, type, owner)
  WHERE objects.platform_id = $1 AND objects.deleted_at IS NULL`;

export class PostgresUsageStore implements UsageStore {
  constructor(private readonly dataSource: DataSource) {}

  async usageOf(platformId: string): Promise<PlatformUsage> {
    const [row] = await this.dataSource.query<PlatformUsage[]>(USAGE, [platformId]);
    return row ?? { objects: 0, bytes: 0 };
  }

  async countStored(platformId: string, keys: readonly ObjectKey[]): Promise<number> {
    const columns = [
      keys.map(({ module }) => module),
      keys.map(({ id }) => id),
      keys.map(({ type }) => type),
      keys.map(({ owner }) => owner),
    ];
    const [row] = await this.dataSource.query<{ count: number }[]>(STORED, [platformId, ...columns]);
    return row?.count ?? 0;
  }
}

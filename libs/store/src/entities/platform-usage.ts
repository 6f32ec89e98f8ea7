import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is kept for a platform, by kind of row; kept by triggers, in shards so that writers do not wait for each other. */
@Entity('platform_usage')
export class PlatformUsageEntity {
  @PrimaryColumn('uuid', { name: 'platform_id', primaryKeyConstraintName: 'platform_usage_pkey' })
  platformId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'platform_usage_pkey' })
  kind: string;

  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'platform_usage_pkey' })
  shard: number;

  @Column('bigint')
  count: string;

  @Column('bigint')
  bytes: string;
}

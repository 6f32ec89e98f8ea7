import { type InterfaceRole, INTERFACES } from '@app/ocpi';
import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** One endpoint of a platform, for the version that it registered on. */
@Entity('endpoints')
@Unique('endpoints_module_unique', ['platformId', 'module', 'interfaceRole'])
@Check('endpoints_interface_role_check', oneOf('interface_role', INTERFACES))
export class EndpointEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'endpoints_pkey' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'endpoints_platform_id_fkey' })
  platform?: PlatformEntity;

  /** A ModuleID; not checked, since platforms may have modules of their own. */
  @Column('text')
  module: string;

  @Column('text', { name: 'interface_role' })
  interfaceRole: InterfaceRole;

  @Column('text')
  url: string;
}

import { CONNECTION_STATUSES, type ConnectionStatus } from '@app/hub';
import { TOKEN_ENCODINGS, type TokenEncoding, type Version } from '@app/ocpi';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';

/** One OCPI connection to the hub. Ids are made here, so that no database extension is needed. */
@Entity('platforms')
@Check('platforms_status_check', oneOf('status', CONNECTION_STATUSES))
@Check('platforms_token_encoding_check', oneOf('token_encoding', TOKEN_ENCODINGS))
@Check('platforms_tls_pair_check', '(tls_certificate IS NULL) = (tls_key IS NULL)')
@Index('platforms_created_at_idx', ['createdAt', 'id'])
export class PlatformEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'platforms_pkey' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  status: ConnectionStatus;

  /** The operator stopped its traffic: kept apart from `status`, so that it outlives a registration. */
  @Column('boolean')
  suspended: boolean;

  @Column('text', { nullable: true })
  version: Version | null;

  @Column('text', { name: 'versions_url', nullable: true })
  versionsUrl: string | null;

  /** Keys (`NL*TNM/CPO`) of the only parties it may claim; empty when it may claim any. */
  @Column('text', { name: 'announced_parties', array: true })
  announcedParties: string[];

  /** Hosts that its URLs in messages may lead to besides its registered ones. */
  @Column('text', { name: 'allowed_hosts', array: true, default: '{}' })
  allowedHosts: string[];

  /** The token it gave to the hub, sealed (see `seal.ts`). */
  @Column('bytea', { name: 'peer_token', nullable: true })
  peerToken: Buffer | null;

  @Column('text', { name: 'token_encoding', default: 'base64' })
  tokenEncoding: TokenEncoding;

  /** Authorities that are trusted for its servers, PEM. */
  @Column('text', { name: 'tls_ca', nullable: true })
  tlsCa: string | null;

  /** What the hub shows there, PEM, and its key, sealed. */
  @Column('text', { name: 'tls_certificate', nullable: true })
  tlsCertificate: string | null;

  @Column('bytea', { name: 'tls_key', nullable: true })
  tlsKey: Buffer | null;

  /** SHA-256 (hex) of the certificates of which it must show one. */
  @Column('text', { name: 'pinned_certificates', array: true, default: '{}' })
  pinnedCertificates: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Null while it is not registered: what "registered" means everywhere. */
  @Column('timestamptz', { name: 'registered_at', nullable: true })
  registeredAt: Date | null;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt: Date | null;

  /** PUTs of credentials that succeeded within an hour, and when that began; null: there was none. */
  @Column('timestamptz', { name: 'updates_since', nullable: true })
  updatesSince: Date | null;

  @Column('integer', { default: 0 })
  updates: number;
}

/** What the operator set for TLS with a platform, in and out of its row. */
import { type PeerTls, type PlatformTls } from '@app/hub';
import { type PlatformEntity } from './entities';
import { type Seal } from './seal';

export const TLS_COLUMNS = ['tlsCa', 'tlsCertificate', 'tlsKey', 'pinnedCertificates'] as const;

export type TlsColumns = Pick<PlatformEntity, (typeof TLS_COLUMNS)[number]>;

/** What the key of a platform is bound to: a sealed token in its place does not open. */
export function tlsKeyContext(platformId: string): string {
  return `tls_key ${platformId}`;
}

/** These columns as the record has them. */
export function tlsOf(
  { tlsCa: ca, tlsCertificate: certificate, tlsKey, pinnedCertificates }: TlsColumns,
  open: (sealed: Buffer) => string | null,
): PlatformTls {
  const key = tlsKey && open(tlsKey);
  const client: PeerTls['client'] = certificate !== null && key !== null ? { certificate, key } : null;
  return {
    tls: ca !== null || client !== null ? { ca, client } : undefined,
    pinnedCertificates: pinnedCertificates.length > 0 ? pinnedCertificates : undefined,
  };
}

/** The columns of what is set. */
export function tlsColumns(
  { tls, pinnedCertificates }: PlatformTls,
  seal: Seal,
  platformId: string,
): TlsColumns {
  const client = tls?.client;
  return {
    tlsCa: tls?.ca ?? null,
    tlsCertificate: client?.certificate ?? null,
    tlsKey: client ? seal.close(client.key, tlsKeyContext(platformId)) : null,
    pinnedCertificates: [...(pinnedCertificates ?? [])],
  };
}

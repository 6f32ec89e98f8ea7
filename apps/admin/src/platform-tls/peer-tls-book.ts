import { type PeerTls, type PlatformRecord } from '@app/hub';

/** TLS with the platforms that this process calls: told by the record that each call begins with. */
export class PeerTlsBook {
  private readonly known = new Map<string, PeerTls>();

  /** What a courier asks. */
  readonly tlsOf = (platformId: string): PeerTls | undefined => this.known.get(platformId);

  platformChanged(platformId: string, record: PlatformRecord | undefined): void {
    if (record?.tls) this.known.set(platformId, record.tls);
    else this.known.delete(platformId);
  }
}

/** Certificates in files, as an operator gives them to a hub, and clients that look at what is served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { type TestCertificate } from '@app/testkit';

/** A folder with a certificate and its key. */
export class TlsFolder {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ocpi-hub-tls-'));
  readonly certificateFile = join(this.folder, 'certificate.pem');
  readonly keyFile = join(this.folder, 'key.pem');

  constructor(pair: TestCertificate) {
    this.writeCertificate(pair.cert);
    this.writeKey(pair.key);
  }

  /** What a router or an admin API is told. */
  get env(): Record<string, string> {
    return { TLS_CERTIFICATE_FILE: this.certificateFile, TLS_KEY_FILE: this.keyFile };
  }

  writeCertificate(pem: string): void {
    writeFileSync(this.certificateFile, pem);
  }

  writeKey(pem: string): void {
    writeFileSync(this.keyFile, pem, { mode: 0o600 });
  }

  /** One more file. @returns its path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a client saw of one exchange over TLS. */
export interface Seen {
  readonly httpStatus: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Of the server's certificate: 64 hex digits in lower case. */
  readonly fingerprint: string;
  readonly protocol: string | null;
  /** The port from which it was sent: the same one is the same connection. */
  readonly localPort: number | undefined;
}

/** One GET by https, on a connection of its own unless an agent keeps one. */
export function getSecurely(url: string, options: RequestOptions): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const agent = options.agent ?? new Agent({ keepAlive: false, maxCachedSessions: 0 });
    const sent = request(url, { ...options, agent }, (answer) => {
      const socket = answer.socket as TLSSocket;
      const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
      const seen = {
        httpStatus: answer.statusCode ?? 0,
        headers: answer.headers,
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        protocol: socket.getProtocol(),
        localPort: socket.localPort,
      };
      let body = '';
      answer
        .setEncoding('utf8')
        .on('data', (text: string) => (body += text))
        .once('end', () => resolve({ ...seen, body }))
        .once('error', reject);
    });
    sent.once('error', reject).end();
  });
}

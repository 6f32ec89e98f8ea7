/** Certificate, key and client authorities of a listener, as files. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type Settings } from '@app/settings';

export type TlsSettings = Pick<Settings, 'tlsCertificateFile' | 'tlsKeyFile' | 'tlsClientCaFile'>;

/** What the files hold, as they hold it. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates. */
  readonly ca?: string;
}

/** Reads the files; `undefined` when TLS is not set. @throws Error that names the setting */
export async function readMaterial(settings: TlsSettings): Promise<TlsMaterial | undefined> {
  const { tlsCertificateFile, tlsKeyFile, tlsClientCaFile } = settings;
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined;
  return {
    cert: await read('TLS_CERTIFICATE_FILE', tlsCertificateFile),
    key: await read('TLS_KEY_FILE', tlsKeyFile),
    ...(tlsClientCaFile !== undefined && { ca: await read('TLS_CLIENT_CA_FILE', tlsClientCaFile) }),
  };
}

/**
 * The first certificate of the chain, when all of it can be used.
 *
 * @throws Error that names the setting: something is cut or malformed, or the key belongs to another certificate
 */
export function checkMaterial({ cert, key, ca }: TlsMaterial): X509Certificate {
  const leaf = parsed('TLS_CERTIFICATE_FILE', () => new X509Certificate(cert));
  parsed('TLS_CERTIFICATE_FILE', () => createSecureContext({ cert }));
  const privateKey = parsed('TLS_KEY_FILE', () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey))
    throw new Error('TLS_KEY_FILE holds the key of another certificate than TLS_CERTIFICATE_FILE');
  if (ca !== undefined) parsed('TLS_CLIENT_CA_FILE', () => new X509Certificate(ca));
  return leaf;
}

async function read(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`${setting} cannot be read`, { cause });
  }
}

function parsed<T>(setting: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Error(`${setting} holds nothing usable in PEM`, { cause });
  }
}

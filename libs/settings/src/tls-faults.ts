import { type GivenSettings } from './rows';

/** What does not go together in the settings of TLS, each with what to do. */
export function tlsFaults(values: Partial<GivenSettings>): string[] {
  const {
    tlsCertificateFile: certificate,
    tlsKeyFile: key,
    tlsClientCaFile: authorities,
    publicUrl,
  } = values;
  const faults: string[] = [];
  if ((certificate === undefined) !== (key === undefined))
    faults.push('TLS_CERTIFICATE_FILE and TLS_KEY_FILE must be set together');
  if (authorities !== undefined && certificate === undefined)
    faults.push(
      'TLS_CLIENT_CA_FILE needs TLS_CERTIFICATE_FILE: a proxy checks the certificates that it hands on',
    );
  if (certificate !== undefined && publicUrl?.startsWith('http:'))
    faults.push(
      'PUBLIC_URL must be an https:// URL when TLS_CERTIFICATE_FILE is set: platforms would call it in vain',
    );
  return faults;
}

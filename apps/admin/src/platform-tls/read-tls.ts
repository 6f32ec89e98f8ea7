import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type PeerTls, type PlatformTls } from '@app/hub';
import { invalid } from '../problem';
import { certificatesIn, moment } from './certificates';
import { type PlatformTlsInput } from './platform-tls-input';

type PemField = 'ca_pem' | 'client_certificate_pem';

/**
 * What an input sets: certificates that are readable and good now, and a key that belongs to them. What would fail the
 * first handshake is refused here, where somebody reads it.
 *
 * @throws Problem `invalid_input` that names the field
 */
export function readTls(input: PlatformTlsInput, now: Date): PlatformTls {
  const { ca_pem: ca, pinned_client_certificates: pins = [] } = input;
  if (ca !== undefined) goodCertificates('ca_pem', ca, now);
  const client = readClient(input, now);
  return {
    ...((ca !== undefined || client !== null) && { tls: { ca: ca ?? null, client } }),
    ...(pins.length > 0 && { pinnedCertificates: pins }),
  };
}

function readClient(input: PlatformTlsInput, now: Date): PeerTls['client'] {
  const { client_certificate_pem: certificate, client_private_key_pem: key } = input;
  if (certificate === undefined && key === undefined) return null;
  if (certificate === undefined)
    throw invalid('client_certificate_pem', 'is missing beside client_private_key_pem');
  if (key === undefined) throw invalid('client_private_key_pem', 'is missing beside client_certificate_pem');
  const [leaf] = goodCertificates('client_certificate_pem', certificate, now);
  if (!leaf!.checkPrivateKey(privateKey(key)))
    throw invalid(
      'client_private_key_pem',
      'is not the key of the first certificate in client_certificate_pem',
    );
  return { certificate, key };
}

function goodCertificates(field: PemField, pem: string, now: Date): X509Certificate[] {
  const certificates = parsed(field, pem);
  for (const [index, { validFrom, validTo }] of certificates.entries()) {
    const which = `certificate ${index + 1} of ${certificates.length}`;
    if (moment(validTo) <= now) throw invalid(field, `${which} expired on ${moment(validTo).toISOString()}`);
    if (moment(validFrom) > now)
      throw invalid(field, `${which} is not valid before ${moment(validFrom).toISOString()}`);
  }
  return certificates;
}

function parsed(field: PemField, pem: string): X509Certificate[] {
  const unreadable = invalid(field, 'must hold one certificate or more in PEM');
  try {
    const certificates = certificatesIn(pem);
    if (certificates.length > 0) return certificates;
  } catch {
    throw unreadable;
  }
  throw unreadable;
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid('client_private_key_pem', 'must be a private key in PEM that is not encrypted');
  }
}

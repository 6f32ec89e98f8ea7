import { type X509Certificate } from 'node:crypto';
import { type PlatformTls } from '@app/hub';
import { ApiProperty } from '@nestjs/swagger';
import { certificatesIn, fingerprintOf, moment } from './certificates';

const AT = '2026-01-31T08:00:00.000Z';
const FINGERPRINT = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

class CertificateView {
  @ApiProperty({ example: 'CN=Example Charging CA' }) subject: string;
  @ApiProperty({ example: 'CN=Example Root' }) issuer: string;
  @ApiProperty({ example: FINGERPRINT, description: 'SHA-256 of the certificate.' }) fingerprint: string;
  @ApiProperty({ format: 'date-time', example: AT }) valid_from: string;
  @ApiProperty({ format: 'date-time', example: AT }) valid_until: string;
}

/** TLS with one platform. The key is no part of it, in no form. */
export class PlatformTlsView {
  @ApiProperty({ type: [CertificateView], description: 'Empty: the well-known authorities are trusted.' })
  authorities: CertificateView[];
  @ApiProperty({
    type: [CertificateView],
    description: 'What the hub shows to the platform, with its chain; empty: nothing.',
  })
  client_certificates: CertificateView[];
  @ApiProperty({ type: [String], example: [FINGERPRINT] })
  pinned_client_certificates: string[];
}

/** What is set, as the operator sees it. */
export function platformTlsView({ tls, pinnedCertificates }: PlatformTls): PlatformTlsView {
  return {
    authorities: certificatesIn(tls?.ca ?? '').map(certificateView),
    client_certificates: certificatesIn(tls?.client?.certificate ?? '').map(certificateView),
    pinned_client_certificates: [...(pinnedCertificates ?? [])],
  };
}

function certificateView(certificate: X509Certificate): CertificateView {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    fingerprint: fingerprintOf(certificate),
    valid_from: moment(certificate.validFrom).toISOString(),
    valid_until: moment(certificate.validTo).toISOString(),
  };
}

/** Node gives one attribute a line; a certificate without a subject has none. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

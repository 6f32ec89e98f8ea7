import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';

/** A chain or a bundle of a few certificates. */
const MAX_PEM_CHARACTERS = 64 * 1024;
/** The one in use and the next one, for a handful of systems behind one platform. */
const MAX_PINS = 10;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n';
const KEY_PEM = PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY');

/** `AB:CD…` of a certificate viewer and `abcd…` of a script are one fingerprint. */
const plainHex = ({ value }: { value: unknown }): unknown =>
  Array.isArray(value)
    ? value.map((each: unknown) => (typeof each === 'string' ? plain(each) : each))
    : value;

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** TLS with one platform; what is left out is not set any more. */
export class PlatformTlsInput {
  @ApiPropertyOptional({
    example: PEM,
    maxLength: MAX_PEM_CHARACTERS,
    description:
      'Authorities that alone are trusted for the servers of the platform. Left out: the well-known ones.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PEM_CHARACTERS)
  ca_pem?: string;

  @ApiPropertyOptional({
    example: PEM,
    maxLength: MAX_PEM_CHARACTERS,
    description: 'What the hub shows to the platform, with its chain. Needs `client_private_key_pem`.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PEM_CHARACTERS)
  client_certificate_pem?: string;

  @ApiPropertyOptional({
    example: KEY_PEM,
    maxLength: MAX_PEM_CHARACTERS,
    writeOnly: true,
    description: 'Its key, not encrypted. It is kept sealed and never shown.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PEM_CHARACTERS)
  client_private_key_pem?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_PINS,
    example: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    description:
      'SHA-256 fingerprints of certificates: each request with a token of the platform must come with one of them, else 401. Left out or empty: none is asked for.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_PINS)
  @Transform(plainHex)
  @ArrayUnique()
  @Matches(/^[0-9a-f]{64}$/, {
    each: true,
    message: 'pinned_client_certificates must hold SHA-256 fingerprints: 64 hex digits, colons allowed',
  })
  pinned_client_certificates?: string[];
}

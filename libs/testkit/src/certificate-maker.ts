/**
 * Certificates for tests: authorities that nobody else knows, and what they sign. Made anew for each run, so that no
 * key of them is worth anything.
 */
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

/** A certificate with its key, in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, 64 hex digits in lower case. */
  readonly fingerprint: string;
}

export interface TestAuthority extends TestCertificate {
  /** A certificate for a name, 127.0.0.1 and localhost, for servers and clients; by default valid for a day. */
  issue(name: string, validity?: readonly [from: Date, to: Date]): TestCertificate;
}

const DAY_MS = 86_400_000;
/** An hour back, for clocks that differ. */
const usually = (): [Date, Date] => [new Date(Date.now() - 3_600_000), new Date(Date.now() + DAY_MS)];

/** An authority of its own. */
export function testAuthority(name: string): TestAuthority {
  const keys = newKeys();
  const own = made(
    { subject: name, issuer: name, validity: usually(), isAuthority: true },
    keys,
    keys.privateKey,
  );
  return {
    ...own,
    issue: (subject, validity = usually()) =>
      made({ subject, issuer: name, validity, isAuthority: false }, newKeys(), keys.privateKey),
  };
}

interface Facts {
  readonly subject: string;
  readonly issuer: string;
  readonly validity: readonly [Date, Date];
  readonly isAuthority: boolean;
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** Spec: RFC 5280, 4.1. */
function made(facts: Facts, { publicKey, privateKey }: Keys, signer: KeyObject): TestCertificate {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ECDSA_SHA256,
    name(facts.issuer),
    sequence(...facts.validity.map(time)),
    name(facts.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(facts))),
  );
  const signature = der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, signer)]));
  const bytes = sequence(body, ECDSA_SHA256, signature);
  return {
    cert: new X509Certificate(bytes).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
  };
}

function extensions({ isAuthority }: Facts): Buffer[] {
  const basic = sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []));
  const names = sequence(der(0x87, Buffer.of(127, 0, 0, 1)), der(0x82, Buffer.from('localhost')));
  return [
    sequence(BASIC_CONSTRAINTS, der(0x01, Buffer.of(0xff)), der(0x04, basic)),
    ...(isAuthority ? [] : [sequence(ALTERNATIVE_NAMES, der(0x04, names))]),
  ];
}

/** Tag, length, content. Spec: ITU-T X.690, 8.1. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

const BASIC_CONSTRAINTS = der(0x06, Buffer.from('551d13', 'hex')); // 2.5.29.19
const ALTERNATIVE_NAMES = der(0x06, Buffer.from('551d11', 'hex')); // 2.5.29.17
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex')); // 2.5.4.3
const ECDSA_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex'))); // 1.2.840.10045.4.3.2

function name(text: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
}

/** UTCTime: good until 2049. */
function time(moment: Date): Buffer {
  const text = moment
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2);
  return der(0x17, Buffer.from(text));
}

/**
 * Who the client behind a request is: what its own connection proves, or what a proxy says of it that the operator
 * named. Of everybody else these headers mean nothing.
 */
import { type ClientView, type Incoming } from '@app/hub';
import { single } from '@app/ocpi';
import { type Settings } from '@app/settings';
import { createHash } from 'node:crypto';
import { BlockList, isIP, isIPv4, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export type ClientViewSettings = Pick<
  Settings,
  'trustedProxies' | 'clientCertificateHeader' | 'tlsClientCaFile'
>;

type Received = Pick<Incoming, 'headers' | 'connection'>;

const FORWARDED_FOR = 'x-forwarded-for';
/** A chain of a few certificates; Node refuses longer headers anyhow. */
const MAX_CERTIFICATE_CHARACTERS = 16 * 1024;

/** What the settings let a router know of its clients. */
export function clientView(settings: ClientViewSettings): ClientView {
  const proxies = proxyList(settings.trustedProxies);
  const isProxy = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, familyOf(address));
  const needsAuthority = settings.tlsClientCaFile !== undefined;
  return {
    certificateOf: ({ headers, connection }: Received) => {
      const socket = connection as Socket;
      if (isProxy(addressOf(socket))) return fingerprintIn(single(headers[settings.clientCertificateHeader]));
      return shownOn(socket, needsAuthority);
    },
    addressOf: ({ headers, connection }: Received) => {
      const hops = (single(headers[FORWARDED_FOR]) ?? '').split(',').map((hop) => unmapped(hop.trim()));
      let client = addressOf(connection as Socket);
      // From the hub outwards: each proxy vouches for the hop before it, and for none beyond.
      while (isProxy(client) && isIP(hops.at(-1) ?? '') !== 0) client = hops.pop()!;
      return client;
    },
  };
}

function proxyList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

function addressOf(socket: Socket): string {
  return unmapped(socket.remoteAddress ?? '');
}

/** `::ffff:10.0.0.1` is how a listener on both families sees 10.0.0.1. */
function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Looked at once for each connection: it does not change on it. */
const SHOWN = new WeakMap<TLSSocket, string>();

function shownOn(socket: Socket, needsAuthority: boolean): string | undefined {
  if (!(socket instanceof TLSSocket) || (needsAuthority && !socket.authorized)) return undefined;
  const known = SHOWN.get(socket);
  if (known !== undefined) return known;
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) return undefined;
  const fingerprint = sha256(shown.raw);
  SHOWN.set(socket, fingerprint);
  return fingerprint;
}

/**
 * The fingerprint of a certificate in a header: `:base64:` (RFC 9440), the same without colons, or URL-encoded PEM, of
 * which the first certificate counts. A list is none: who knows which of them the proxy wrote?
 */
function fingerprintIn(value: string | undefined): string | undefined {
  if (value === undefined || value.length > MAX_CERTIFICATE_CHARACTERS || value.includes(','))
    return undefined;
  const text = decoded(value);
  const base64 =
    /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(text)?.[1] ?? /^:?([^:]+):?$/.exec(text)?.[1];
  const compact = base64?.replace(/\s/g, '') ?? '';
  return /^MI[A-Za-z0-9+/]{100,}={0,2}$/.test(compact) ? sha256(Buffer.from(compact, 'base64')) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The destination guard: peers hand the hub URLs, and none of them may lead into the operator's own network.
 *
 * Three checks, because each alone has a gap: an IP literal is never looked up; a name may resolve to a
 * private address; and what was connected to is the only proof of what was connected to.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

/** Says why a connection was not made; `faultOf` knows it by its code. */
export class ForbiddenAddress extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';
  constructor(address: string) {
    super(`${address} is not a public address`);
  }
}

/** IANA special-purpose registries of IPv4 and IPv6: everything in them that is not globally reachable. */
const NOT_PUBLIC_IPV4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const;

const NOT_PUBLIC_IPV6 = [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['::ffff:0:0', 96], // IPv4-mapped
  ['64:ff9b::', 96], // NAT64
  ['64:ff9b:1::', 48], // NAT64, local use
  ['100::', 64], // discard only
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
  ['5f00::', 16], // segment routing
  ['fc00::', 7], // unique local
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local
  ['ff00::', 8], // multicast
] as const;

/** Two lists: in one, the rule for IPv4-mapped addresses would match every IPv4 address. */
const ipv4 = new BlockList();
for (const [network, bits] of NOT_PUBLIC_IPV4) ipv4.addSubnet(network, bits, 'ipv4');
const ipv6 = new BlockList();
for (const [network, bits] of NOT_PUBLIC_IPV6) ipv6.addSubnet(network, bits, 'ipv6');

/**
 * Whether an IP address is reachable by everybody: not loopback, private, link-local, multicast, reserved, or
 * an IPv6 form that wraps an IPv4 address.
 *
 * @param ip an address in the usual text form, an IPv6 zone (`%eth0`) allowed; anything else is not public
 */
export function isPublicAddress(ip: string): boolean {
  const address = ip.split('%', 1)[0] ?? '';
  if (isIP(address) === 0) return false;
  return isIPv4(address) ? !ipv4.check(address, 'ipv4') : !ipv6.check(address, 'ipv6');
}

/**
 * A lookup that fails with {@link ForbiddenAddress} when any of a name's addresses is not public. The socket
 * dials what this call answered, so a name that changes between two lookups gains nothing.
 */
export function guardedLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error) {
        callback(error, []);
        return;
      }
      const addresses = Array.isArray(found) ? found : [{ address: found, family: family ?? 0 }];
      const forbidden = addresses.find(({ address }) => !isPublicAddress(address));
      if (forbidden) callback(new ForbiddenAddress(forbidden.address), []);
      else answerLookup(addresses, options.all === true, callback);
    });
  };
}

function answerLookup(
  addresses: LookupAddress[],
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = addresses;
  if (all || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
}

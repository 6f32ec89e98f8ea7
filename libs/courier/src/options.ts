import { type PeerTls } from '@app/hub';
import { type LookupFunction } from 'node:net';

/** Limits of a courier; every wait and size it can meet has one here. */
export interface CourierOptions {
  /** `User-Agent` of every request: `{name}/{version}`. */
  readonly userAgent: string;
  /** The mark by which the hub knows its own requests. */
  readonly ownMark: string;
  /**
   * Longest wait in ms until a request is written: resolving, connecting, the TLS handshake, or a free
   * connection when all of the platform's are taken.
   */
  readonly connectTimeoutMs: number;
  /** Largest answer body in bytes. */
  readonly maxAnswerBytes: number;
  /**
   * Bytes of answers that come in at a time, of all platforms together; one has half of them at most, and less when
   * others want some. What is more is `overloaded`: each answer may be short enough, and all of them too much.
   */
  readonly maxHeldBodyBytes: number;
  /** True lets requests go to loopback, private and other addresses that are not public. */
  readonly allowPrivateNetworks: boolean;
  /** Connections kept to one origin of one platform: also how many of its requests run at a time. */
  readonly connectionsPerOrigin: number;
  /**
   * Requests to one platform that are under way, those among them that wait for a connection; one more is
   * `overloaded`. One caller has half of them at most, and less when others want some.
   */
  readonly maxInFlightPerPlatform: number;
  /** A pool without a request for so long, in ms, is closed. */
  readonly idlePoolMs: number;
  /**
   * What the operator set for TLS with a platform. Asked for each request, so it is one look into memory; when it says
   * something else than before, the platform gets new connections.
   */
  readonly tlsOf?: (platformId: string) => PeerTls | undefined;
  /** PEM certificates trusted beside the well-known authorities. */
  readonly trustedCertificates?: readonly string[];
  /** Resolves names; `dns.lookup` when left out. */
  readonly lookup?: LookupFunction;
}

import { CourierFault, type PeerTls } from '@app/hub';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  createSecureContext,
  rootCertificates,
  type SecureContextOptions,
} from 'node:tls';
import { buildConnector } from 'undici';
import { ForbiddenAddress, guardedLookup, isPublicAddress } from './guard';
import { type CourierOptions } from './options';
import { readPastContinue } from './read-past-continue';

/**
 * Makes connections for the pools of a courier, or of one platform with its own TLS, within `connectTimeoutMs` and,
 * unless private networks are allowed, to public addresses alone.
 *
 * @throws CourierFault `tls` when what was set for the platform cannot be used
 */
export function createConnector(options: CourierOptions, tls?: PeerTls): buildConnector.connector {
  const { connectTimeoutMs: timeout, allowPrivateNetworks } = options;
  const lookup = allowPrivateNetworks ? options.lookup : guardedLookup(options.lookup);
  const dial = patient(
    buildConnector({
      timeout,
      ...secured(trustOf(options, tls)),
      ...(lookup && { lookup }),
    }),
  );
  return allowPrivateNetworks ? dial : guardConnector(dial);
}

/** Its sockets read past a `100 Continue`. */
function patient(dial: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    dial(target, (error, socket) => {
      if (error) callback(error, null);
      else callback(null, readPastContinue(socket));
    });
  };
}

/** Authorities of the platform's own take the place of the well-known ones: nobody else vouches for it then. */
function trustOf({ trustedCertificates }: CourierOptions, tls: PeerTls | undefined): SecureContextOptions {
  const usual = trustedCertificates && { ca: [...rootCertificates, ...trustedCertificates] };
  const own = tls?.ca ? { ca: tls.ca } : usual;
  return { ...own, ...(tls?.client && { cert: tls.client.certificate, key: tls.client.key }) };
}

/** One context for all connections: reading the certificates anew takes longer than the handshake. */
function secured(trust: SecureContextOptions): Pick<ConnectionOptions, 'secureContext'> {
  if (Object.keys(trust).length === 0) return {};
  try {
    return { secureContext: createSecureContext(trust) };
  } catch (cause) {
    throw new CourierFault('tls', { cause });
  }
}

/**
 * A connector that lets through only connections to public addresses: an IP literal is judged before it is
 * dialled, and every connection by the address that it really has.
 */
export function guardConnector(dial: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    if (isIP(target.hostname) !== 0 && !isPublicAddress(target.hostname)) {
      // Not at once: undici's client is still in the middle of its own connect.
      process.nextTick(callback, new ForbiddenAddress(target.hostname), null);
      return;
    }
    dial(target, (error, socket) => {
      if (error) callback(error, null);
      else handOver(socket, callback);
    });
  };
}

type Connected = Extract<Parameters<buildConnector.Callback>, [null, unknown]>[1];

function handOver(socket: Connected, callback: buildConnector.Callback): void {
  const { remoteAddress } = socket;
  if (remoteAddress !== undefined && isPublicAddress(remoteAddress)) {
    callback(null, socket);
    return;
  }
  socket.destroy();
  callback(new ForbiddenAddress(remoteAddress ?? 'a closed connection'), null);
}

import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { buildConnector } from 'undici';
import { ForbiddenAddress, guardedLookup, isPublicAddress } from './guard';
import { type CourierOptions } from './options';

/**
 * Makes connections for every pool of a courier, within `connectTimeoutMs` and, unless private networks are
 * allowed, to public addresses alone.
 */
export function createConnector(options: CourierOptions): buildConnector.connector {
  const { connectTimeoutMs: timeout, trustedCertificates, allowPrivateNetworks } = options;
  const lookup = allowPrivateNetworks ? options.lookup : guardedLookup(options.lookup);
  const dial = buildConnector({
    timeout,
    ...(trustedCertificates && { ca: [...rootCertificates, ...trustedCertificates] }),
    ...(lookup && { lookup }),
  });
  return allowPrivateNetworks ? dial : guardConnector(dial);
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

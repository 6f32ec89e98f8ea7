import { partyKey, type PushedObject } from '@app/ocpi';
import { hash } from 'node:crypto';
import { type DeliveryLine, type Leg } from '../ports';

/**
 * The line of an object at one receiver. Its name is a hash in the form of a UUID (16 bytes of SHA-256): as
 * long as the longest URL, it would neither fit into an index nor into the id of a job.
 */
export function deliveryLine({ platformId, party }: Leg, { key }: PushedObject): DeliveryLine {
  const receiver = party ? partyKey(party) : '';
  return { line: hashId(`${platformId} ${receiver} ${key}`), platformId };
}

/** A name for an object as long as a UUID, made like that of a line. */
export function objectId({ key }: PushedObject): string {
  return hashId(key);
}

function hashId(text: string): string {
  const hex = hash('sha256', text, 'hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

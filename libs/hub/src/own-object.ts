/**
 * Nobody speaks about another platform's objects: the owner in the URL and the owner in the body must be parties of the
 * sending platform. Where the same pair is a CPO on one platform and an eMSP on another, the role tells whose they are.
 *
 * Spec: 2.2.1-d2 transport_and_format, Client Owned Object Push, Errors.
 */
import { ownerInPath, ownersInBody, type PartyId, partyKey, sameParty, staysBelow } from '@app/ocpi';
import { notJson, plainBody, requireJson, requireNoBody } from './content';
import { type Directory, mayActAs } from './directory';
import { type Identified } from './exchange';
import { HubError } from './hub-error';

/**
 * Looks at path and body once: whether the body is JSON is seen on the same pass.
 *
 * @throws HubError `url_owner_missing`, `url_owner_not_yours`, `body_owner_malformed`, `body_owner_not_yours`,
 *   `path_leads_out`, `body_not_json`, `body_too_deep`
 */
export function requireOwnObject(message: Identified, directory: Directory): void {
  const places = message.operation?.owner;
  const owner = places?.path ? ownerOfUrl(message, directory) : undefined;
  if (!places?.path && !staysBelow(message.target.rest)) throw new HubError('path_leads_out');
  if (places?.body) requireOwnBody(message, owner, directory);
  else requireJson(message);
}

function ownerOfUrl(message: Identified, directory: Directory): PartyId {
  const owner = ownerInPath(message.target.rest);
  if (!owner) throw new HubError('url_owner_missing');
  if (!mayOwn(message, owner, directory)) throw new HubError('url_owner_not_yours', partyKey(owner));
  return owner;
}

/** @param known the owner in the URL, who is good already */
function requireOwnBody(message: Identified, known: PartyId | undefined, directory: Directory): void {
  const { body, headers } = message;
  if (body === null) return requireNoBody(message);
  const plain = plainBody(body, headers, message.caller.id);
  const owners = ownersInBody(plain, known ?? message.from);
  if (owners === 'not_json') throw notJson(plain);
  if (owners === 'no_object') throw new HubError('body_owner_malformed', 'the body is not an object');
  if (owners === 'no_pair') throw new HubError('body_owner_malformed');
  const foreign = owners.find(
    (owner) => !(known && sameParty(owner, known)) && !mayOwn(message, owner, directory),
  );
  if (foreign) throw new HubError('body_owner_not_yours', partyKey(foreign));
}

function mayOwn({ caller, row }: Identified, owner: PartyId, directory: Directory): boolean {
  return mayActAs(caller, owner, row?.interfaces.SENDER.roles ?? [], directory);
}

/** Requests for URLs that the hub does not have. */
import { publishedVersions, versionsUrl } from '@app/ocpi';
import { type Incoming, type Outgoing } from './exchange';
import { HubError } from './hub-error';
import { holderOf } from './path/authenticate';
import { refusalAnswer } from './refusal-answer';
import { type PathParts, refuse } from './run-path';

/**
 * Answers a request for a URL that is not there, and says where the URLs are. A platform's request is a row in the
 * message log, which shows its operator what it calls; of clients without a known token there is none.
 */
export function refuseStray(incoming: Incoming, parts: PathParts): Outgoing {
  const error = noSuchUrl(parts.publicUrl);
  const holder = holderOf(incoming, parts.directory);
  if (!holder) return refusalAnswer(error, incoming.ids, parts.now());
  parts.signs.seen(holder.platform.id);
  return refuse({ ...incoming, caller: holder.platform, token: holder.token }, error, parts);
}

/** Says which versions there are and where their endpoints are listed. */
function noSuchUrl(publicUrl: string): HubError {
  const versions = publishedVersions(publicUrl).map(({ url }) => url);
  return new HubError(
    'no_such_url',
    `GET ${versionsUrl(publicUrl)} lists the versions, and ${versions.join(' and ')} the URL of each module and role`,
  );
}

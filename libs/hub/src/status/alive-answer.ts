import { statusCodeOf } from '@app/ocpi';
import { decodedBody } from '../content';
import { type CourierAnswer } from '../ports';

/**
 * Whether what came back from a versions URL says that the platform is alive. An OCPI message does, whatever its
 * status. 401 and 403 do not: no message can be handed to a platform that refuses the hub's token. Nor does the
 * page of a proxy whose server is down.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Still alive check.
 */
export function isAliveAnswer({ httpStatus, headers, body }: CourierAnswer): boolean {
  if (httpStatus === 401 || httpStatus === 403) return false;
  const plain = decodedBody(body, headers['content-encoding'], null);
  return plain !== undefined && statusCodeOf(plain) !== undefined;
}

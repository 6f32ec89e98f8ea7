/** Handshakes that the hub refuses. */
import { type Credentials, HandshakeRefused } from '@app/testkit';

/** Roles of CPOs in NL with these party ids. */
export function rolesNamed(...partyIds: readonly string[]): Credentials['roles'] {
  return partyIds.map((party_id) => ({
    ...{ country_code: 'NL', party_id, role: 'CPO' },
    business_details: { name: party_id },
  }));
}

/** HTTP status, OCPI status and message of a refused handshake. @throws Error when it succeeds */
export async function refusalOf(handshake: Promise<unknown>): Promise<unknown[]> {
  const error: unknown = await handshake.then(
    () => new Error('the handshake succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HandshakeRefused)) throw error;
  const { status_code, status_message } = error.answer.json();
  return [error.answer.httpStatus, status_code, status_message];
}

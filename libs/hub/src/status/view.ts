/**
 * What a platform is shown of a party.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Another Party becomes PLANNED: also sent where no contract is configured.
 */
import { MODULES, type Party } from '@app/ocpi';
import { type AgreementBook, type Participant } from '../agreement';
import { type PlatformEntry } from '../directory';
import { type ConnectionStatus } from '../ports';

/** A party as agreements see it, with the modules that its platform has beyond those of the specification. */
export interface Subject {
  readonly participant: Participant;
  readonly customModules: readonly string[];
}

const FUNCTIONAL: readonly string[] = MODULES.map(({ module }) => module);

/** @param owner its platform; undefined when the directory does not have it yet */
export function subjectOf(party: Party, owner: PlatformEntry | undefined): Subject {
  const participant = owner?.participant(party) ?? { party, roles: [party.role] };
  return { participant, customModules: owner?.customModules ?? [] };
}

/** Whether agreements keep every party of a viewer from every exchange with a party, in both directions. */
export function isForbidden(
  viewer: PlatformEntry,
  { participant, customModules }: Subject,
  book: AgreementBook,
  now: Date,
): boolean {
  const modules = [FUNCTIONAL, viewer.customModules, customModules];
  return !book.allowsAny(viewer.participants, participant, modules, now);
}

/** A party that a viewer may not talk to is PLANNED for it; one that never will again is SUSPENDED for all. */
export function shownStatus(status: ConnectionStatus, forbidden: boolean): ConnectionStatus {
  return forbidden && (status === 'CONNECTED' || status === 'OFFLINE') ? 'PLANNED' : status;
}

import { type DetourKind, type InterfaceRole, type MessageIds, type Version } from '@app/ocpi';
import { type Permitted } from '../exchange';
import { clipCorrelationId } from '../message-ids';
import { clip } from '../path/trace';
import { type DetourEnd, type DetourPage } from '../ports';

/** A URL of the owner's that the holder is to get another one for. */
export interface Wanted {
  readonly kind: DetourKind;
  readonly target: string;
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly holder: DetourEnd;
  readonly owner: DetourEnd;
  /** The message whose way it is made on. */
  readonly cause: MessageIds;
  /** The version that the holder speaks. */
  readonly version: Version;
  /** Of a `Link`: where in the list it leads to. */
  readonly page?: DetourPage;
}

/** Keeps what is wanted, durably, and gives the URLs to hand out, in the same order. */
export type MakeDetours = (wanted: readonly Wanted[]) => Promise<readonly string[]>;

/** The message that a new URL goes back to. Pages that follow each other all belong to the request for the first. */
export function causeOf({ cause, ids }: Pick<Permitted, 'cause' | 'ids'>): MessageIds {
  const { requestId, correlationId } = cause ?? ids;
  return { requestId: clip(requestId), correlationId: clipCorrelationId(correlationId) };
}

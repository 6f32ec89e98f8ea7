import { type DetourKind, type InterfaceRole, type Version } from '@app/ocpi';
import { type DetourEnd } from '../ports';

/** A URL of the owner's that the holder is to get another one for. */
export interface Wanted {
  readonly kind: DetourKind;
  readonly target: string;
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly holder: DetourEnd;
  readonly owner: DetourEnd;
  /** The version that the holder speaks. */
  readonly version: Version;
}

/** Keeps what is wanted, durably, and gives the URLs to hand out, in the same order. */
export type MakeDetours = (wanted: readonly Wanted[]) => Promise<readonly string[]>;

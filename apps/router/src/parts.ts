import {
  type AnnouncementStore,
  type ClientView,
  type HubIdentity,
  type LifeSigns,
  type PathParts,
  type RefusalCode,
  type RegistrationParts,
} from '@app/hub';
import { type HealthSource } from '@app/runtime';

/** What the router's controllers work with. */
export interface RouterParts extends PathParts {
  /** Base URL under which peers reach the hub, without a trailing slash. */
  readonly publicUrl: string;
  readonly identity: HubIdentity;
  readonly announcements: Pick<AnnouncementStore, 'viewsOf'>;
  readonly clients: ClientView;
  readonly signs: LifeSigns;
  readonly registration: RegistrationParts;
  /** Counts refused handshakes by the code of the refusal. */
  readonly handshakesRefused: { inc(labels: { readonly reason: RefusalCode }): void };
  readonly health: HealthSource;
}

export const ROUTER_PARTS = Symbol('RouterParts');

/** Which platforms must show a client certificate, and whether they do. */
import { type PlatformEntry } from './directory';
import { type Incoming } from './exchange';
import { HubError } from './hub-error';
import { type Log } from './ports';

/** How the listener sees the client behind a request. */
export interface ClientView {
  /** SHA-256 of the certificate that it proved to hold, 64 hex digits in lower case. */
  certificateOf(incoming: Incoming): string | undefined;
  addressOf(received: Pick<Incoming, 'headers' | 'connection'>): string;
}

/** One platform is told of so often, in ms: whoever holds a stolen token must not fill the log. */
const TELL_EVERY_MS = 60_000;

/**
 * The certificates that the operator pinned. A token alone does not open a platform that has one: what was stolen from
 * a log or a backup is of no use then.
 */
export class ClientCertificates {
  /** Platform id → when the operator was told last. As many as there are platforms with a pin at most. */
  private readonly told = new Map<string, number>();

  constructor(
    private readonly view: ClientView,
    private readonly log: Log,
    private readonly now: () => Date,
  ) {}

  /** One look at a property for a platform without a pin. @throws HubError `client_certificate_required` */
  require(platform: PlatformEntry, incoming: Incoming): void {
    if (platform.pins === null) return;
    const shown = this.view.certificateOf(incoming);
    if (shown !== undefined && platform.pins.has(shown)) return;
    this.tell(platform.id, incoming, shown);
    throw new HubError('client_certificate_required');
  }

  private tell(platformId: string, incoming: Incoming, shown: string | undefined): void {
    const now = this.now().getTime();
    if (now - (this.told.get(platformId) ?? -Infinity) < TELL_EVERY_MS) return;
    this.told.set(platformId, now);
    const fields = { platformId, client: this.view.addressOf(incoming), shown: shown ?? 'none' };
    this.log.warn(fields, 'the token of this platform came without its client certificate');
  }
}

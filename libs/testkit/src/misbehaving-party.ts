import { type Answerer, Listener } from './listener';
import { MISBEHAVIOURS, type Misbehaviour } from './misbehaviour';

/** What can go wrong before HTTP is spoken, besides what a server can do after it. */
export type ConnectionMisbehaviour = 'refuse' | 'self_signed_tls' | 'unknown_name';

/** A server that fails every request in one way. For a registered party that does so, see `TestPlatform`. */
export class MisbehavingParty {
  /** Requests that arrived whole. */
  requests = 0;
  private readonly listener: Listener;

  private constructor(
    private readonly kind: Misbehaviour | ConnectionMisbehaviour,
    port: number,
  ) {
    const scheme = kind === 'self_signed_tls' ? 'https' : 'http';
    const answer: Answerer = (request, response) => {
      request.resume().once('end', () => {
        this.requests += 1;
        MISBEHAVIOURS[this.answerKind()](response, request);
      });
    };
    this.listener = new Listener(answer, scheme, undefined, port);
  }

  /** @param port 0: any free one */
  static async start(kind: Misbehaviour | ConnectionMisbehaviour, port = 0): Promise<MisbehavingParty> {
    const party = new MisbehavingParty(kind, port);
    await party.listener.start();
    // A port that was free a moment ago and that nobody listens on.
    if (kind === 'refuse') await party.listener.stop();
    return party;
  }

  /** Scheme and authority; the reserved name `.invalid` never resolves. */
  get origin(): string {
    return this.kind === 'unknown_name' ? 'http://no-such-party.invalid' : this.listener.origin;
  }

  get connections(): number {
    return this.listener.connections;
  }

  /** Connections open now. */
  get open(): number {
    return this.listener.open;
  }

  close(): Promise<void> {
    return this.listener.stop();
  }

  private answerKind(): Misbehaviour {
    return this.kind in MISBEHAVIOURS ? (this.kind as Misbehaviour) : 'empty_204';
  }
}

/** TLS of a listener, from files that are replaced while it serves: a renewed certificate needs no restart. */
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer, type Server as SecureServer, type ServerOptions } from 'node:https';
import { type Logger } from '../logger';
import { checkMaterial, readMaterial, type TlsMaterial, type TlsSettings } from './tls-material';

/** The files are read again so often, in ms: three small reads. What is new is used when it was found the same twice. */
const RELOAD_EVERY_MS = 1_000;
/** A client that has not said what TLS needs after this time is cut off, in ms. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

const HANDSHAKE = { minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS } as const;

/** Certificate and key of a process; `createHttpServer` serves with them. */
export class ServerTls {
  private pending: string | undefined;
  private told: string | undefined;

  private constructor(
    private readonly settings: TlsSettings,
    private readonly log: Logger,
    private current: TlsMaterial,
  ) {}

  /** `undefined` when TLS is not set. @throws Error that names the setting whose file cannot be used */
  static async open(settings: TlsSettings, log: Logger): Promise<ServerTls | undefined> {
    const material = await readMaterial(settings);
    if (material === undefined) return undefined;
    const tls = new ServerTls(settings, log, material);
    tls.say(checkMaterial(material), 'serving TLS');
    return tls;
  }

  /** A server with the files of now, and of later. Connections that are open keep what they began with. */
  serve(options: ServerOptions, handler: RequestListener): SecureServer {
    const server = createServer({ ...options, ...HANDSHAKE, ...this.current }, handler);
    const timer = setInterval(() => void this.reload(server), RELOAD_EVERY_MS).unref();
    server.once('close', () => clearInterval(timer));
    return server;
  }

  /** A pair that is only half written is told once and not used. */
  private async reload(server: SecureServer): Promise<void> {
    try {
      const found = await readMaterial(this.settings);
      const text = JSON.stringify(found);
      const isNew = found !== undefined && text !== JSON.stringify(this.current);
      const isSettled = text === this.pending;
      this.pending = text;
      if (isNew && isSettled) this.use(server, found);
      if (!isNew) this.told = undefined;
    } catch (error) {
      this.refuse(error);
    }
  }

  private use(server: SecureServer, material: TlsMaterial): void {
    const leaf = checkMaterial(material);
    server.setSecureContext({ ...HANDSHAKE, ...material });
    this.current = material;
    this.say(leaf, 'serving TLS with the new certificate');
  }

  private refuse(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.told) return;
    this.told = reason;
    this.log.error({ reason }, 'the new TLS files cannot be used; serving with the ones before');
  }

  private say({ subject, fingerprint256, validTo }: ReturnType<typeof checkMaterial>, what: string): void {
    this.log.info({ subject, fingerprint256, validTo }, what);
  }
}

/** An HTTP server, with TLS when it is given. */
export function createHttpServer(
  tls: ServerTls | undefined,
  options: ServerOptions,
  handler: RequestListener,
): Server {
  return tls ? (tls.serve(options, handler) as Server) : createPlainServer(options, handler);
}

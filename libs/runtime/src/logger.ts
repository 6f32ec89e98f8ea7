import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';

export type { Logger };

/** Fields that carry a credential in whatever is logged, at the top or one level down (as in `{ headers }`). */
const SECRET_FIELDS = [
  'authorization',
  'Authorization',
  'cookie',
  'token',
  'token_a',
  'tokenA',
  'token_b',
  'token_c',
  'adminApiKey',
  'encryptionKey',
  'encryptionKeysPrevious',
  'password',
];

/**
 * What of an error is logged: its kind, message, stack and codes, and the same of its causes. Other fields of errors hold
 * values: TypeORM's `parameters` and `query`, PostgreSQL's `detail`, bodies that HTTP clients keep.
 */
function shownError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? '[not an error]' : error;
  const { name, message, stack, cause, code, table, constraint } = error as LoggedError;
  const known = { type: name, message, stack, code, table, constraint };
  return {
    ...known,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: shownError(cause, depth + 1) }),
  };
}

type LoggedError = Error & {
  readonly code?: unknown;
  readonly table?: unknown;
  readonly constraint?: unknown;
};

/** Causes of causes that are logged, at most. */
const MAX_CAUSES = 4;

/**
 * The log of one process: JSON lines on stdout, written asynchronously (a synchronous line costs the forwarding
 * path about 15 % CPU) and flushed when the process exits. Fields that hold a credential are replaced.
 *
 * @param name name of the process, in every line
 * @param level least level that is written, e.g. `info`; `silent` writes nothing
 */
export function createLogger(name: string, level: string): Logger {
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    censor: '[redacted]',
  };
  return pino(
    {
      ...{ name, level, redact, timestamp: pino.stdTimeFunctions.isoTime },
      serializers: { err: (error: unknown) => shownError(error) },
    },
    pino.destination({ dest: 1, sync: false }),
  );
}

/** The log as NestJS wants it. Nest passes the context (and for errors the stack before it) as trailing texts. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const fields =
        message instanceof Error ? { context, err: message } : { context, detail: rest.slice(0, -1) };
      logger[level](fields, message instanceof Error ? message.message : String(message));
    };
  return {
    log: write('debug'), // each route and module at every start: nothing that an operator waits for
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
    fatal: write('fatal'),
  };
}

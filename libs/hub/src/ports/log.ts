/** PORT: a structured log. `libs/runtime` gives a pino logger, which has this shape. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

import { type Kind } from './parsers';

/** One setting: its variable, its kind, what holds when it is absent, what it is for. */
export interface Row<T> {
  readonly env: string;
  readonly kind: Kind<T>;
  readonly meaning: string;
  /** The value when the variable is absent, written as in the environment; none: see `defaultShown`. */
  readonly fallback?: string;
  /** What the table shows as default when `fallback` does not say it. */
  readonly defaultShown?: string;
  /** Never shown: neither in the start log nor in the message about a bad value. */
  readonly secret?: boolean;
}

/** A row of the table. */
export function row<T>(env: string, valueKind: Kind<T>, meaning: string, more: Partial<Row<T>> = {}): Row<T> {
  return { env, kind: valueKind, meaning, ...more };
}

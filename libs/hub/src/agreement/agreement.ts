/** What the operator agreed on: who may exchange which modules with whom. */
import { type Side } from './side';

export type Effect = 'allow' | 'deny';

export interface Agreement {
  readonly id: string;
  readonly from: Side;
  readonly to: Side;
  /** ModuleIDs, or `['*']`. */
  readonly modules: readonly string[];
  readonly effect: Effect;
  /** Also holds for messages from `to` to `from`. */
  readonly bothWays: boolean;
  /** Inclusive; null = always. */
  readonly validFrom: Date | null;
  /** Exclusive; null = for ever. */
  readonly validUntil: Date | null;
  readonly note: string | null;
}

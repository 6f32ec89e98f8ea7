import { type Log } from '../ports';

/** No message is worth less than its capture: what goes wrong with that is logged, and no more. */
export function quietly(log: Log, capture: () => void): void {
  try {
    capture();
  } catch (err) {
    log.error({ err }, 'a message was not captured');
  }
}

import { CONFIGURATION_MODULES } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { type RunningCapture } from '../ports';

/** The capture that a message of this platform and module belongs to. Handshakes and their tokens never do. */
export function captureOf(
  platform: PlatformEntry | undefined,
  module: string | undefined,
  now: Date,
): RunningCapture | undefined {
  const capture = platform?.record.capture;
  if (!capture || module === undefined || capture.endsAt <= now) return undefined;
  return CONFIGURATION_MODULES.includes(module.toLowerCase()) ? undefined : capture;
}

/** Keys that would guard nothing, where they guard the real thing. */
import { rows, type GivenSettings } from './rows';

/** Characters of the admin key: what a person would type is shorter. */
const MIN_ADMIN_KEY = 16;
/** Of 16 random hex digits five or more differ, but for one in two million; typed ones are often fewer. */
const MIN_CHARACTERS = 5;
/** Of 32 random bytes about 30 differ; 16 or fewer are not to be expected in the age of the universe. */
const MIN_BYTES = 17;

/** What stands in examples for a key that is to be put there, or is a command that no shell ran (`$(openssl …)`). */
const PLACEHOLDER = /…|\.{3}|^<.*>$|^\$[({]|change-?_?me|example|placeholder|password|your-?_?key|default/i;

/**
 * What is wrong with the keys in production, without their values. Keys that `ENCRYPTION_KEY` was before are not
 * looked at: a weak one must open what it sealed, or nobody could get rid of it.
 */
export function secretFaults({ adminApiKey, encryptionKey }: Partial<GivenSettings>): string[] {
  const faults: string[] = [];
  const admin = adminApiKey && adminFault(adminApiKey);
  if (admin)
    faults.push(`${rows.adminApiKey.env} must ${admin} in production: openssl rand -hex 24 makes one`);
  if (encryptionKey && isGuessable([...encryptionKey], MIN_BYTES))
    faults.push(
      `${rows.encryptionKey.env} must be random bytes in production, and these are not: openssl rand -base64 32 makes some`,
    );
  return faults;
}

function adminFault(key: string): string | undefined {
  if (key.length < MIN_ADMIN_KEY) return `have at least ${MIN_ADMIN_KEY} characters`;
  if (PLACEHOLDER.test(key)) return 'not be one from an example';
  const codes = [...key].map((character) => character.codePointAt(0)!);
  return isGuessable(codes, MIN_CHARACTERS) ? 'not be a repetition or a sequence' : undefined;
}

/** Few different ones, a piece that is repeated, or all at the same distance. */
function isGuessable(codes: readonly number[], leastDifferent: number): boolean {
  return new Set(codes).size < leastDifferent || isRepetition(codes) || isSequence(codes);
}

function isRepetition(codes: readonly number[]): boolean {
  const half = Math.floor(codes.length / 2);
  return codes.slice(0, half).some((_, before) => {
    const period = before + 1;
    return codes.every((code, at) => at < period || code === codes[at - period]);
  });
}

function isSequence(codes: readonly number[]): boolean {
  const step = codes[1]! - codes[0]!;
  return codes.every((code, at) => at === 0 || code - codes[at - 1]! === step);
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Name and version of the hub, as its requests carry them in `User-Agent`: `ocpi-roaming-hub/0.1.0`. Read from the
 * package.json above this file, built or not.
 *
 * Spec: RFC 9110, 10.1.5 User-Agent.
 */
export function userAgent(): string {
  return (known ??= productIn(__dirname));
}

let known: string | undefined;

function productIn(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return productIn(dirname(folder));
  const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<'name' | 'version', string>;
  return `${name}/${version}`;
}

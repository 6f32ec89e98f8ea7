import { type Row } from './row';
import { rows, type GivenSettings } from './rows';

const MASK = '****';

/**
 * The settings for the start log: variable name → value, secrets masked. Of a connection URL the host stays
 * readable, since "which database is this?" is what the log is read for.
 */
export function describeSettings(settings: GivenSettings): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, row] of Object.entries<Row<unknown>>(rows)) {
    shown[row.env] = shownValue(row, settings[name as keyof typeof rows]);
  }
  return shown;
}

function shownValue(row: Row<unknown>, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '(not set)';
  if (!row.secret) return String(value);
  return typeof value === 'string' && URL.canParse(value) ? maskedUrl(new URL(value)) : MASK;
}

/** Query parameters may carry a password too (`?password=`, `?sslpassword=`): none is shown. */
function maskedUrl(url: URL): string {
  const account = url.username || url.password ? `${MASK}@` : '';
  return `${url.protocol}//${account}${url.host}${url.pathname}`;
}

/** The table of all settings for the README (Markdown, no line break at its end). */
export function settingsMarkdown(): string {
  const head = ['| variable | default | meaning |', '| --- | --- | --- |'];
  return [...head, ...Object.values<Row<unknown>>(rows).map(tableLine)].join('\n');
}

function tableLine(row: Row<unknown>): string {
  const fallback = row.defaultShown ?? `\`${row.fallback}\``;
  const note = row.secret ? ' **Secret.**' : '';
  return `| \`${row.env}\` | ${fallback} | ${row.meaning}: ${row.kind.allowed}.${note} |`;
}

import type { Ground } from './ground';

/** What `npm start` says when the hub is ready: where everything is, for the person in front of it. */
export function readyText(
  publicUrl: string,
  adminUrl: string,
  origin: Ground['origin'] & { readonly took: string },
): string {
  const rows: readonly (readonly [string, string])[] = [
    ['OCPI versions', `${publicUrl}/ocpi/versions`],
    ['Admin API', `${adminUrl}/admin/v1`],
    ['Admin docs', `${adminUrl}/admin/docs`],
    ['Admin key', origin.adminKey],
    ['Database', origin.database],
    ['Queue', origin.queue],
    ['Data folder', origin.data],
    ['Started in', origin.took],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`);
  return ['', 'OCPI hub', ...lines, '', 'ready (Ctrl-C ends it)', '', ''].join('\n');
}

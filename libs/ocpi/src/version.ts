/**
 * The OCPI versions that the hub speaks, as rows.
 *
 * Spec: 2.2.1-d2 version_information_endpoint, VersionNumber enum.
 */

/** One version. Versions of the same `family` exchange bodies unchanged. */
export interface VersionRow {
  readonly version: string;
  readonly family: string;
}

/** Newest first: the order in which a common version is looked for. */
export const VERSIONS = [
  { version: '2.2.1', family: '2.2' },
  { version: '2.2', family: '2.2' },
] as const satisfies readonly VersionRow[];

export type Version = (typeof VERSIONS)[number]['version'];

/** Whether the hub serves this version number. */
export function isVersion(value: unknown): value is Version {
  return VERSIONS.some((row) => row.version === value);
}

/** The highest version that a peer lists and the hub has, or `undefined` when there is none. */
export function highestCommonVersion(offered: readonly string[]): Version | undefined {
  return VERSIONS.find((row) => offered.includes(row.version))?.version;
}

/** Whether a body written for one version may be handed unchanged to a platform on the other. */
export function exchangeBodies(a: Version, b: Version): boolean {
  return familyOf(a) === familyOf(b);
}

function familyOf(version: Version): string | undefined {
  return VERSIONS.find((row) => row.version === version)?.family;
}

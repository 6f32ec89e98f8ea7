/** The README says nothing that is not so. */
import { posix } from 'node:path';
import { type Finding, type SourceFile } from './source-tree';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

/** The configuration table between its two marks; `undefined` when a mark is missing. */
export function settingsTable(readme: string): string | undefined {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  return from < 0 || to < from ? undefined : readme.slice(from + BEGIN.length, to).trim();
}

/** Links to files, folders and headings that are not there. */
export function deadLinks(document: SourceFile, files: readonly SourceFile[]): Finding[] {
  const targets = [...document.text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(target, document, files))
    .map((target) => `${document.path}:1 links to ${target}, which is not there`);
}

function leadsSomewhere(target: string, document: SourceFile, files: readonly SourceFile[]): boolean {
  const [path = '', heading] = target.split('#');
  const wanted = posix.join(posix.dirname(document.path), path).replace(/\/$/, '');
  if (path !== '') return files.some((file) => file.path === wanted || file.path.startsWith(`${wanted}/`));
  return headingsOf(document.text).includes(heading ?? '');
}

/** Headings as the anchors that readers' programs make of them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

/** `npm run x` (and `npm start`, `npm test`) that package.json does not have. */
export function unknownScripts(document: SourceFile, scripts: readonly string[]): Finding[] {
  const named = [...document.text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)];
  return named
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((script) => !scripts.includes(script))
    .map((script) => `${document.path}:1 names the script ${script}, which is not there`);
}

/** Metrics and codes of ours (`hub_…`) that no code has. */
export function unknownNames(document: SourceFile, files: readonly SourceFile[]): Finding[] {
  const named = new Set([...document.text.matchAll(/`(hub_[a-z_]+)`/g)].map((match) => match[1] ?? ''));
  const code = files.filter(({ path }) => /^(?:apps|libs)\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'));
  return [...named]
    .filter((name) => !code.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)))
    .map((name) => `${document.path}:1 names ${name}, which is not there`);
}

/**
 * The repository as data: what every rule of this folder judges.
 *
 * A rule is a pure function from files to findings, so that each one can be fed a bad sample and be seen to fail.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the top of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** One broken rule, readable as it stands: `libs/hub/src/retry.ts:12 what is wrong`. */
export type Finding = string;

export const ROOT = resolve(__dirname, '../..');

/** What git would ignore; only asked where there is no git to ask. */
const NOT_OURS = new Set(['.git', '.data', 'node_modules', 'dist', 'coverage']);

/** Every file that git tracks or would track; in a plain copy, every file that is not installed or built. */
export function readTree(): SourceFile[] {
  const paths = gitPaths() ?? walk(ROOT);
  return paths
    .filter((path) => existsSync(join(ROOT, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

function gitPaths(): string[] | undefined {
  try {
    if (git('rev-parse', '--show-toplevel').trim() !== realpathSync(ROOT)) return undefined;
    return git('ls-files', '-coz', '--exclude-standard').split('\0').filter(Boolean);
  } catch {
    return undefined;
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [relative(ROOT, path).split(sep).join('/')];
    });
}

/** TypeScript and the few plain modules that run before anything is built. */
export function isCode(file: SourceFile): boolean {
  return /\.(ts|mjs)$/.test(file.path);
}

/** What is not shipped: `libs/x/src/thing.test.ts`, its `thing.fixture.ts`, and anything below `test/`. */
export function isTest(file: SourceFile): boolean {
  return file.path.startsWith('test/') || /\.(test|fixture)\.ts$/.test(file.path);
}

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

/** The syntax tree of a file, parsed once. */
export function parse(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
  parsed.set(file, tree);
  return tree;
}

/** Every node of a file, outermost first. */
export function nodesOf(file: SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

/** A finding about one place in a file. */
export function findingAt(file: SourceFile, node: ts.Node, what: string): Finding {
  const { line } = parse(file).getLineAndCharacterOfPosition(node.getStart(parse(file)));
  return `${file.path}:${line + 1} ${what}`;
}

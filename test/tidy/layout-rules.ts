/** Where things are, and what says what they are. */
import ts from 'typescript';
import { type Finding, findingAt, isTest, parse, type SourceFile } from './source-tree';

const TOP_LEVEL = new Set([
  'apps',
  'libs',
  'migrations',
  'test',
  'Dockerfile',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'docker-compose.yml',
  'nest-cli.json',
  'package-lock.json',
  'package.json',
  'tsconfig.build.json',
  'tsconfig.json',
]);

const LIBRARIES = ['budget', 'courier', 'hub', 'ocpi', 'outbox', 'runtime', 'settings', 'store', 'testkit'];
const APPS = ['admin', 'delivery', 'hub', 'hubclientinfo', 'router'];
const SECOND_LEVEL: Readonly<Record<string, readonly string[]>> = { libs: LIBRARIES, apps: APPS };

/** Names that say nothing about what is inside. */
const GENERIC = new Set([
  'common',
  'dto',
  'dtos',
  'helpers',
  'interfaces',
  'misc',
  'shared',
  'util',
  'utils',
]);

/** Entries that the house does not have. */
export function strayEntries(files: readonly SourceFile[]): Finding[] {
  const stray = files.flatMap(({ path }) => {
    const [top = '', second = ''] = path.split('/');
    if (!top.startsWith('.') && !TOP_LEVEL.has(top)) return [`${top}:1 is no agreed top-level entry`];
    const agreed = SECOND_LEVEL[top];
    return agreed === undefined || agreed.includes(second) ? [] : [`${top}/${second}:1 is no agreed part`];
  });
  return [...new Set(stray)];
}

/** Folders with a name that would fit anything. */
export function genericFolders(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) =>
      path
        .split('/')
        .slice(0, -1)
        .some((folder) => GENERIC.has(folder)),
    )
    .map(({ path }) => `${path}:1 is in a folder with a generic name`);
}

/** Exported functions of apps and libraries without a doc comment. */
export function undocumentedFunctions(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => /^(apps|libs)\/.*\.ts$/.test(file.path) && !isTest(file))
    .flatMap((file) =>
      parse(file)
        .statements.filter((statement) => isExportedFunction(statement) && !hasDoc(statement))
        .map((statement) => findingAt(file, statement, 'an exported function without a doc comment')),
    );
}

function isExportedFunction(node: ts.Statement): boolean {
  const isExported =
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (!isExported || !ts.isVariableStatement(node)) return isExported && ts.isFunctionDeclaration(node);
  return node.declarationList.declarations.some(
    ({ initializer }) =>
      initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)),
  );
}

function hasDoc(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc));
}

/** Migrations that cannot be undone, or whose names do not tell their order. */
export function badMigrations(files: readonly SourceFile[]): Finding[] {
  const migrations = files.filter(({ path }) => /^migrations\/[^/]+\.ts$/.test(path));
  return migrations.flatMap((file, index) => {
    const stamp = stampOf(file);
    const before = stampOf(migrations[index - 1]);
    const faults = [
      ...(stamp === undefined ? ['its name does not begin with 13 digits (ms since 1970)'] : []),
      ...(stamp !== undefined && stamp === before ? ['has the timestamp of the one before'] : []),
      ...(stamp !== undefined && !new RegExp(`class \\w+${stamp}\\b`).test(file.text)
        ? ['its class does not end with its timestamp']
        : []),
      ...(hasBody(file, 'up') ? [] : ['has no up']),
      ...(hasBody(file, 'down') ? [] : ['has no down']),
    ];
    return faults.map((what) => `${file.path}:1 ${what}`);
  });
}

function stampOf(file: SourceFile | undefined): string | undefined {
  return file === undefined ? undefined : /^migrations\/(\d{13})-/.exec(file.path)?.[1];
}

function hasBody(file: SourceFile, name: string): boolean {
  return parse(file)
    .statements.filter((statement) => ts.isClassDeclaration(statement))
    .flatMap(({ members }) => members.filter((member) => ts.isMethodDeclaration(member)))
    .some((method) => method.name.getText() === name && (method.body?.statements.length ?? 0) > 0);
}

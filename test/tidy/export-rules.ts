/** Exported names that nobody needs. */
import ts from 'typescript';
import { importsOf, resolveImport } from './imports';
import { type Finding, isCode, isTest, nodesOf, parse, type SourceFile } from './source-tree';

interface Exported {
  readonly name: string;
  readonly node: ts.Node;
  /** A type belongs to the signatures of its own file; a value does not. */
  readonly isType: boolean;
  /** Declared in another file, which is judged for it. */
  readonly isHandedOn?: true;
}

/** Exports that only tests use, each with its reason. */
const KEPT: Readonly<Record<string, string>> = {
  'libs/settings/src/show-settings.ts#settingsMarkdown':
    'writes the table of the README, which a test compares',
};

/** `path#name` → the files that use it. */
type Uses = Map<string, Set<SourceFile>>;

/**
 * Exported names that are dead.
 *
 * A value lives when another shipped file uses it, or when its own file and a test do. A type lives when anything
 * but its declaration uses it. What the test kit, the tests and their set-up export lives by any other file.
 */
export function deadExports(files: readonly SourceFile[]): Finding[] {
  const code = files.filter((file) => file.path.endsWith('.ts'));
  const uses = usesOf(files.filter(isCode));
  return code
    .filter(({ path }) => !path.startsWith('migrations/'))
    .flatMap((file) =>
      exportsOf(file)
        .filter((one) => KEPT[`${file.path}#${one.name}`] === undefined && !lives(file, one, uses))
        .map((one) => `${file.path}:${lineOf(file, one.node)} nobody needs the export ${one.name}`),
    );
}

function lives(file: SourceFile, one: Exported, uses: Uses): boolean {
  const users = [...(uses.get(`${file.path}#${one.name}`) ?? [])];
  const usedAtHome = countName(file, one.name) > 1;
  if (one.isHandedOn) return one.isType || users.length > 0;
  if (one.isType) return users.length > 0 || usedAtHome;
  if (isTest(file) || file.path.startsWith('libs/testkit/')) return users.length > 0;
  return users.some((user) => !isTest(user)) || (users.length > 0 && usedAtHome);
}

function lineOf(file: SourceFile, node: ts.Node): number {
  return parse(file).getLineAndCharacterOfPosition(node.getStart(parse(file))).line + 1;
}

function countName(file: SourceFile, name: string): number {
  return nodesOf(file).filter((node) => ts.isIdentifier(node) && node.text === name).length;
}

/** Names that a file declares and exports, and those it hands on by name. */
function exportsOf(file: SourceFile): Exported[] {
  return parse(file).statements.flatMap((statement): Exported[] => {
    if (ts.isExportDeclaration(statement)) return handedOn(statement);
    if (!ts.canHaveModifiers(statement) || !isExported(statement)) return [];
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(bound);
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    const { name } = statement as ts.DeclarationStatement;
    return name === undefined ? [] : [{ name: name.getText(), node: statement, isType }];
  });
}

function isExported(node: ts.HasModifiers): boolean {
  return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function bound({ name }: ts.VariableDeclaration | ts.BindingElement): Exported[] {
  if (ts.isIdentifier(name)) return [{ name: name.text, node: name, isType: false }];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? bound(element) : []));
}

function handedOn(statement: ts.ExportDeclaration): Exported[] {
  if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) return [];
  return statement.exportClause.elements.map((element) => ({
    name: element.name.text,
    node: element,
    isType: statement.isTypeOnly || element.isTypeOnly,
    isHandedOn: true,
  }));
}

function usesOf(files: readonly SourceFile[]): Uses {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const uses: Uses = new Map();
  for (const user of files) {
    for (const [path, name] of importedNames(user, byPath)) mark({ path, name, user }, byPath, uses);
  }
  return uses;
}

/** `[path, name]` of what a file imports; the name `*` when it takes everything. */
function importedNames(file: SourceFile, byPath: ReadonlyMap<string, SourceFile>): [string, string][] {
  return importsOf(file).flatMap(({ node, specifier }): [string, string][] => {
    const path = resolveImport(file.path, specifier, byPath);
    return path === undefined ? [] : namesTaken(node).map((name) => [path, name]);
  });
}

function namesTaken(node: ts.Node): string[] {
  if (ts.isExportDeclaration(node)) return []; // handing on is no use
  if (ts.isImportTypeNode(node) && node.qualifier !== undefined) return [node.qualifier.getText()];
  if (!ts.isImportDeclaration(node)) return ['*'];
  const bindings = node.importClause?.namedBindings;
  const whole = node.importClause?.name === undefined ? [] : ['default'];
  if (bindings === undefined) return whole;
  if (ts.isNamespaceImport(bindings)) return ['*'];
  return [...whole, ...bindings.elements.map((element) => (element.propertyName ?? element.name).text)];
}

interface Use {
  readonly path: string;
  readonly name: string;
  readonly user: SourceFile;
}

/** Notes a use at the file that was imported and, through its re-exports, at the file that declares the name. */
function mark(use: Use, byPath: ReadonlyMap<string, SourceFile>, uses: Uses): void {
  const file = byPath.get(use.path);
  if (file === undefined) return;
  const names = use.name === '*' ? exportsOf(file).map((one) => one.name) : [use.name];
  for (const name of names) {
    const key = `${use.path}#${name}`;
    uses.set(key, (uses.get(key) ?? new Set()).add(use.user));
  }
  for (const next of sourcesOf(file, use, byPath)) mark(next, byPath, uses);
}

function sourcesOf(file: SourceFile, use: Use, byPath: ReadonlyMap<string, SourceFile>): Use[] {
  return importsOf(file).flatMap(({ node, specifier }): Use[] => {
    if (!ts.isExportDeclaration(node)) return [];
    const path = resolveImport(file.path, specifier, byPath);
    const name = nameAtSource(node, use.name);
    return path === undefined || name === undefined ? [] : [{ ...use, path, name }];
  });
}

function nameAtSource(node: ts.ExportDeclaration, name: string): string | undefined {
  if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return name;
  if (name === '*') return '*';
  const element = node.exportClause.elements.find((one) => one.name.text === name);
  return element === undefined ? undefined : (element.propertyName ?? element.name).text;
}

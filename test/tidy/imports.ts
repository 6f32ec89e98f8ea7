/** Who imports what: read from the syntax tree, resolved as the compiler would resolve it. */
import { posix } from 'node:path';
import ts from 'typescript';
import { nodesOf, type SourceFile } from './source-tree';

export interface Import {
  readonly node: ts.Node;
  /** As written: `./relay`, `@app/hub`, `node:fs`, `@nestjs/common`. */
  readonly specifier: string;
}

const found = new WeakMap<SourceFile, readonly Import[]>();

/** Every import, re-export, `import()` (also as a type) and `require()` of a file; looked for once. */
export function importsOf(file: SourceFile): readonly Import[] {
  const imports = found.get(file) ?? findImports(file);
  found.set(file, imports);
  return imports;
}

function findImports(file: SourceFile): Import[] {
  return nodesOf(file).flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier !== undefined && ts.isStringLiteralLike(specifier)
      ? [{ node, specifier: specifier.text }]
      : [];
  });
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isCallExpression(node) && isModuleCall(node.expression)) return node.arguments[0];
  return undefined;
}

function isModuleCall(callee: ts.Node): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  return ts.isPropertyAccessExpression(callee) && callee.getText() === 'require.resolve';
}

/** The npm package of a specifier: `@nestjs/common` of `@nestjs/common/enums`, `pg` of `pg`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The files that there are. */
type Paths = Pick<ReadonlySet<string>, 'has'>;

/** A file of the tree, by what a specifier means in `from`; `undefined` for packages and built-ins. */
export function resolveImport(from: string, specifier: string, paths: Paths): string | undefined {
  if (specifier.startsWith('@app/')) return firstOf(`libs/${specifier.slice(5)}/src`, paths);
  if (!specifier.startsWith('.')) return undefined;
  return firstOf(posix.join(posix.dirname(from), specifier), paths);
}

function firstOf(base: string, paths: Paths): string | undefined {
  const source = base.replace(/\.js$/, '');
  return [base, `${source}.ts`, `${base}.mjs`, `${base}/index.ts`].find((path) => paths.has(path));
}

/** File → the files it needs: imports, and files it names in a string in order to run them. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** The graph of imports alone. */
export function importGraph(files: readonly SourceFile[]): Graph {
  const paths = new Set(files.map((file) => file.path));
  return new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap(({ specifier }) => resolveImport(file.path, specifier, paths) ?? []),
    ]),
  );
}

/** The graph of imports and of files run by name: `<rootDir>/test/setup.ts`, `dist/apps/router/src/main.js`. */
export function useGraph(files: readonly SourceFile[]): Graph {
  const paths = new Set(files.map((file) => file.path));
  const imports = importGraph(files);
  return new Map(
    files.map((file) => [file.path, [...(imports.get(file.path) ?? []), ...namedFiles(file, paths)]]),
  );
}

function namedFiles(file: SourceFile, paths: ReadonlySet<string>): string[] {
  return nodesOf(file)
    .filter((node) => ts.isStringLiteralLike(node) || ts.isTemplateTail(node))
    .flatMap((node) => {
      const name = (node as ts.LiteralLikeNode).text.replace(/^\//, '');
      if (!/\.(ts|mjs|js)$/.test(name)) return [];
      const fromTop = name.replace(/^(<rootDir>\/|(\.\.?\/)*(dist\/)?)/, '');
      return (
        firstOf(posix.join(posix.dirname(file.path), name), paths) ??
        firstOf(posix.normalize(fromTop), paths) ??
        []
      );
    });
}

/** Facts are rows: no branch on a module's name outside the protocol tables, no setting that nothing reads. */
import ts from 'typescript';
import { type Finding, findingAt, isCode, isTest, nodesOf, type SourceFile } from './source-tree';

const EQUALITY = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** Comparisons with a ModuleID outside `libs/ocpi`: a column is missing in the module table. */
export function moduleBranches(files: readonly SourceFile[], modules: readonly string[]): Finding[] {
  return files
    .filter((file) => isCode(file) && !isTest(file) && !file.path.startsWith('libs/ocpi/'))
    .flatMap((file) =>
      nodesOf(file)
        .filter((node) => comparedWith(node).some((value) => modules.includes(value)))
        .map((node) => findingAt(file, node, 'branches on a module: make it a column of the module table')),
    );
}

function comparedWith(node: ts.Node): string[] {
  const sides = ts.isCaseClause(node)
    ? [node.expression]
    : ts.isBinaryExpression(node) && EQUALITY.has(node.operatorToken.kind)
      ? [node.left, node.right]
      : [];
  return sides.filter((side) => ts.isStringLiteralLike(side)).map((side) => side.text);
}

/** A setting as the code names it (`forwardTimeoutMs`) and as the environment does (`FORWARD_TIMEOUT_MS`). */
export interface SettingName {
  readonly key: string;
  readonly variable: string;
}

/** Settings that no shipped file reads. Plain modules (`.mjs`) read them by their environment name. */
export function unreadSettings(settings: readonly SettingName[], files: readonly SourceFile[]): Finding[] {
  const readers = files.filter(
    (file) => isCode(file) && !isTest(file) && !file.path.startsWith('libs/settings/'),
  );
  const read = new Set(readers.flatMap(namesRead));
  return settings
    .filter(({ key, variable }) => !read.has(key) && !read.has(variable))
    .map(({ variable }) => `libs/settings:1 nothing reads ${variable}`);
}

function namesRead(file: SourceFile): string[] {
  return nodesOf(file).flatMap((node) => {
    if (ts.isPropertyAccessExpression(node)) return [node.name.text];
    if (!ts.isBindingElement(node)) return [];
    return [(node.propertyName ?? node.name).getText()];
  });
}

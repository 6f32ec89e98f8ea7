/** Small: functions, files, parameter lists. */
import ts from 'typescript';
import { type Finding, findingAt, isCode, nodesOf, parse, type SourceFile } from './source-tree';

const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 300;
const MAX_PARAMETERS = 4;

/** Files of more than 300 lines. */
export function longFiles(files: readonly SourceFile[]): Finding[] {
  return files.filter(isCode).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    return lines > MAX_FILE_LINES ? [`${file.path}:1 has ${lines} lines`] : [];
  });
}

/** Functions of more than 60 lines. A `describe` only lists its tests: each of these is measured by itself. */
export function longFunctions(files: readonly SourceFile[]): Finding[] {
  return files.filter(isCode).flatMap((file) =>
    nodesOf(file)
      .filter((node) => ts.isFunctionLike(node) && !isTestCallback(node, ['describe']))
      .flatMap((node) => {
        const lines = ownLines(file, node);
        return lines > MAX_FUNCTION_LINES ? [findingAt(file, node, `a function of ${lines} lines`)] : [];
      }),
  );
}

/** Lines of a function without those of the tests that are registered in it. */
function ownLines(file: SourceFile, node: ts.Node): number {
  let lines = linesOf(file, node);
  const visit = (inner: ts.Node): void => {
    if (isTestCallback(inner, ['describe', 'it', 'test'])) lines -= linesOf(file, inner);
    else ts.forEachChild(inner, visit);
  };
  ts.forEachChild(node, visit);
  return lines;
}

function linesOf(file: SourceFile, node: ts.Node): number {
  const tree = parse(file);
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return lineOf(node.getEnd()) - lineOf(node.getStart(tree)) + 1;
}

function isTestCallback(node: ts.Node, names: readonly string[]): boolean {
  if (!ts.isArrowFunction(node) || !ts.isCallExpression(node.parent)) return false;
  const callee = node.parent.expression.getText().split(/[.(`]/)[0] ?? '';
  return names.includes(callee);
}

/** Functions of more than four parameters. A constructor that only keeps what it is given may take more. */
export function longParameterLists(files: readonly SourceFile[]): Finding[] {
  return files.filter(isCode).flatMap((file) =>
    nodesOf(file)
      .filter((node) => ts.isFunctionLike(node))
      .filter((node) => node.parameters.length > MAX_PARAMETERS && !isInjected(node))
      .map((node) => findingAt(file, node, `${node.parameters.length} parameters`)),
  );
}

function isInjected(node: ts.SignatureDeclaration): boolean {
  return (
    ts.isConstructorDeclaration(node) &&
    node.parameters.every((parameter) => ts.isParameterPropertyDeclaration(parameter, node))
  );
}

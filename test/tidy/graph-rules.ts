/** Files in circles, and files that nothing leads to. */
import { type Graph, importGraph, useGraph } from './imports';
import { type Finding, isCode, isTest, type SourceFile } from './source-tree';

/** Import cycles, each told once from its alphabetically first file. */
export function importCycles(files: readonly SourceFile[]): Finding[] {
  const graph = importGraph(files.filter(isCode));
  const settled = new Set<string>();
  const found = new Set<Finding>();
  for (const start of graph.keys()) follow(start, [], { graph, settled, found });
  return [...found].sort();
}

interface Walk {
  readonly graph: Graph;
  /** Files from which every way was followed to its end. */
  readonly settled: Set<string>;
  readonly found: Set<Finding>;
}

function follow(path: string, way: readonly string[], walk: Walk): void {
  const seenAt = way.indexOf(path);
  if (seenAt >= 0) walk.found.add(asCycle(way.slice(seenAt)));
  if (seenAt >= 0 || walk.settled.has(path)) return;
  for (const next of walk.graph.get(path) ?? []) follow(next, [...way, path], walk);
  walk.settled.add(path);
}

function asCycle(way: readonly string[]): Finding {
  const first = way.indexOf([...way].sort()[0] ?? '');
  const turned = [...way.slice(first), ...way.slice(0, first)];
  return `${turned[0]}:1 imports itself in a circle: ${[...turned, turned[0]].join(' → ')}`;
}

/** What is started by its name: by npm, by an operator, by Jest, or by TypeORM. */
const TEST_ENTRIES = [/\.test\.ts$/, /^test\/.*\.mjs$/, /^test\/(demo|bench|faults)\/(main|run)\.ts$/];
const ENTRIES = [
  /^apps\/[^/]+\/src\/main\.ts$/,
  /^apps\/hub\/src\/migrate\.ts$/,
  /^apps\/hub\/bin\/[^/]+\.mjs$/,
];
const ALWAYS = [/^migrations\//, /^\.[a-z.]+\.mjs$/];

/**
 * Code files that no entry leads to. What is shipped must be reached from something that is shipped: a library
 * file that only tests use is as dead as one that nobody uses.
 */
export function deadFiles(files: readonly SourceFile[]): Finding[] {
  const code = files.filter(isCode);
  const graph = useGraph(code);
  const shipped = reachable(graph, [...ENTRIES, ...ALWAYS]);
  const all = reachable(graph, [...ENTRIES, ...ALWAYS, ...TEST_ENTRIES]);
  return code
    .filter((file) => !(isShipped(file) ? shipped : all).has(file.path))
    .map(({ path }) => `${path}:1 is reached from no entry`);
}

function isShipped(file: SourceFile): boolean {
  return /^(apps|libs)\//.test(file.path) && !file.path.startsWith('libs/testkit/') && !isTest(file);
}

function reachable(graph: Graph, entries: readonly RegExp[]): Set<string> {
  const reached = new Set<string>();
  const open = [...graph.keys()].filter((path) => entries.some((entry) => entry.test(path)));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(graph.get(path) ?? []));
  }
  return reached;
}

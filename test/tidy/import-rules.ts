/** Who may import whom. */
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { type Import, importsOf, packageOf, resolveImport } from './imports';
import { type Finding, findingAt, isCode, isTest, nodesOf, type SourceFile } from './source-tree';

/** What the files of one area may import besides each other. */
interface Area {
  /** Areas of this repository. */
  readonly areas: readonly string[];
  readonly packages: readonly string[];
  /** `any`, or the few that are pure. */
  readonly builtins: 'any' | readonly string[];
}

const CORE = ['libs/ocpi', 'libs/hub'];
const NEST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  '@nestjs/terminus',
  '@fastify/static',
  'class-transformer',
  'class-validator',
  'fastify',
  'reflect-metadata',
  'rxjs',
];
const ADAPTERS = [
  'libs/store',
  'libs/courier',
  'libs/outbox',
  'libs/budget',
  'libs/settings',
  'libs/runtime',
];
const APPS = ['apps/router', 'apps/delivery', 'apps/hubclientinfo', 'apps/admin'];
const APP: Area = { areas: [...CORE, ...ADAPTERS], packages: NEST, builtins: 'any' };

/** The house rules. An area that is not here may import anything (`test/`). */
const AREAS: Readonly<Record<string, Area>> = {
  'libs/ocpi': { areas: [], packages: [], builtins: ['node:buffer'] },
  'libs/hub': { areas: ['libs/ocpi'], packages: [], builtins: ['node:buffer', 'node:crypto', 'node:zlib'] },
  'libs/store': {
    areas: [...CORE, 'migrations'],
    packages: ['lru-cache', 'pg', 'pg-copy-streams', 'reflect-metadata', 'typeorm'],
    builtins: 'any',
  },
  'libs/courier': { areas: CORE, packages: ['undici'], builtins: 'any' },
  'libs/outbox': { areas: CORE, packages: ['bullmq'], builtins: 'any' },
  'libs/budget': { areas: CORE, packages: ['ioredis'], builtins: 'any' },
  'libs/settings': { areas: CORE, packages: [], builtins: 'any' },
  'libs/runtime': {
    areas: [...CORE, 'libs/settings'],
    packages: ['pino', 'prom-client', ...NEST],
    builtins: 'any',
  },
  'libs/testkit': { areas: CORE, packages: [], builtins: 'any' },
  migrations: { areas: [], packages: ['typeorm'], builtins: 'any' },
  'apps/router': APP,
  'apps/delivery': APP,
  'apps/hubclientinfo': APP,
  'apps/admin': { ...APP, packages: [...NEST, 'csv-parse'] },
  'apps/hub': { ...APP, areas: [...APP.areas, ...APPS, 'migrations'] },
};

/** What test files may import on top of what their area may. */
const TEST_EXTRA = {
  areas: ['libs/testkit', 'test'],
  packages: ['@jest/globals', 'fast-check', 'supertest'],
};

/** Where a file belongs: `libs/hub`, `apps/router`, `migrations`, `test`. */
function areaOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'libs' || top === 'apps' ? `${top}/${second}` : top;
}

/** Imports that the house rules forbid. */
export function forbiddenImports(files: readonly SourceFile[]): Finding[] {
  const paths = new Set(files.map((file) => file.path));
  return files
    .filter(isCode)
    .flatMap((file) =>
      importsOf(file).flatMap((one) =>
        faultsOf(file, one, paths).map((what) => findingAt(file, one.node, what)),
      ),
    );
}

function faultsOf(file: SourceFile, one: Import, paths: ReadonlySet<string>): string[] {
  const area = areaOf(file.path);
  const { specifier } = one;
  const target = resolveImport(file.path, specifier, paths);
  if (target !== undefined) return areaFaults(file, specifier, target);
  if (specifier.startsWith('.') || specifier.startsWith('@app/')) return [`${specifier} leads nowhere`];
  const rules = AREAS[area];
  if (rules === undefined) return [];
  if (isBuiltin(specifier)) return builtinFaults(file, specifier, rules);
  const allowed = [...rules.packages, ...(isTest(file) ? TEST_EXTRA.packages : [])];
  return allowed.includes(packageOf(specifier)) ? [] : [`${area} may not import ${packageOf(specifier)}`];
}

function areaFaults(file: SourceFile, specifier: string, target: string): string[] {
  const [from, to] = [areaOf(file.path), areaOf(target)];
  if (from === to) {
    return specifier.startsWith('@app/') && !isTest(file) ? ['imports its own library by alias'] : [];
  }
  // The test kit's behaviour suites need Jest's globals and are therefore not behind its one door.
  const hasOneDoor = to.startsWith('libs/') && !(to === 'libs/testkit' && isTest(file));
  if (hasOneDoor && !specifier.startsWith('@app/')) return [`${to} is imported by a path`];
  const rules = AREAS[from];
  if (rules === undefined) return [];
  const allowed = [...rules.areas, ...(isTest(file) ? TEST_EXTRA.areas : [])];
  return allowed.includes(to) ? [] : [`${from} may not import ${to}`];
}

function builtinFaults(file: SourceFile, specifier: string, rules: Area): string[] {
  if (!specifier.startsWith('node:')) return [`${specifier} is written without node:`];
  if (rules.builtins === 'any' || isTest(file)) return [];
  return rules.builtins.includes(specifier) ? [] : [`${areaOf(file.path)} may not import ${specifier}`];
}

/** The environment is read in one place; only what starts child processes hands it on. */
const ENVIRONMENT_READERS = ['libs/settings/', 'apps/hub/bin/', 'test/'];
/** What the system needs to find and run the programs that `npm start` brings: no settings of the hub. */
const SYSTEM_READER = 'apps/hub/src/embedded/';
const SYSTEM_VARIABLES = ['process.env.PATH', 'process.env.SystemRoot'];

/** Readers of `process.env` outside `libs/settings`. */
export function strayEnvironmentReads(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => isCode(file) && !isTest(file))
    .filter((file) => !ENVIRONMENT_READERS.some((folder) => file.path.startsWith(folder)))
    .flatMap((file) =>
      nodesOf(file)
        .filter((node) => readsEnvironment(node) && !readsSystem(file, node))
        .map((node) => findingAt(file, node, 'reads process.env')),
    );
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isImportDeclaration(node)) return /^import\s*\{[^}]*\benv\b[^}]*\}.*process'/s.test(node.getText());
  return (
    ts.isVariableDeclaration(node) &&
    ts.isObjectBindingPattern(node.name) &&
    node.initializer !== undefined &&
    isProcess(node.initializer)
  );
}

function readsSystem(file: SourceFile, node: ts.Node): boolean {
  return file.path.startsWith(SYSTEM_READER) && SYSTEM_VARIABLES.includes(node.parent.getText());
}

function isProcess(node: ts.Node): boolean {
  return ['process', 'globalThis.process'].includes(node.getText());
}

import { deadExports } from './export-rules';
import { deadFiles, importCycles } from './graph-rules';
import { forbiddenImports, strayEnvironmentReads } from './import-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const file = (path: string, text = ''): SourceFile => ({ path, text });

describe('imports', () => {
  it('follow the house rules', () => {
    expect(forbiddenImports(tree)).toEqual([]);
  });

  it.each([
    [
      'the protocol imports nothing',
      'libs/ocpi/src/a.ts',
      "import '@app/hub';",
      'libs/ocpi may not import libs/hub',
    ],
    [
      'the protocol reads no files',
      'libs/ocpi/src/a.ts',
      "import 'node:fs';",
      'libs/ocpi may not import node:fs',
    ],
    [
      'decisions know no adapter',
      'libs/hub/src/a.ts',
      "import '@app/store';",
      'libs/hub may not import libs/store',
    ],
    [
      'adapters know no other',
      'libs/store/src/a.ts',
      "import '@app/courier';",
      'may not import libs/courier',
    ],
    [
      'typeorm stays in the store',
      'apps/admin/src/a.ts',
      "import 'typeorm';",
      'apps/admin may not import typeorm',
    ],
    ['pg stays in the store', 'libs/outbox/src/a.ts', "export * from 'pg';", 'libs/outbox may not import pg'],
    ['undici stays in the courier', 'libs/runtime/src/a.ts', "import('undici');", 'may not import undici'],
    [
      'bullmq stays in the outbox',
      'apps/delivery/src/a.ts',
      "import x = require('bullmq');",
      'import bullmq',
    ],
    [
      'pino stays in the runtime',
      'libs/hub/src/a.ts',
      "type L = import('pino').Logger;",
      'may not import pino',
    ],
    [
      'an app knows no other',
      'apps/router/src/a.ts',
      "import '../../admin/src/app';",
      'not import apps/admin',
    ],
    ['the test kit is for tests', 'apps/hub/src/a.ts', "import '@app/testkit';", 'not import libs/testkit'],
    ['libraries have one door', 'apps/hub/src/a.ts', "import '../../../libs/hub/src';", 'imported by a path'],
    ['libraries have no back door', 'apps/hub/src/a.ts', "import '@app/hub/src/x';", 'leads nowhere'],
    ['a library does not go out to itself', 'libs/hub/src/a.ts', "import '@app/hub';", 'by alias'],
    ['built-ins say that they are', 'libs/store/src/a.ts', "require('fs');", 'fs is written without node:'],
  ])('%s', (_rule, path, text, finding) => {
    const files = [
      file(path, text),
      ...['ocpi', 'hub', 'store', 'courier', 'testkit'].map((name) => file(`libs/${name}/src/index.ts`)),
      file('apps/admin/src/app.ts'),
    ];
    expect(forbiddenImports(files)).toEqual([expect.stringContaining(finding)]);
  });

  it('lets the one-process hub compose the apps, and tests use the test kit', () => {
    const files = [
      file('apps/hub/src/app.ts', "import '../../router/src/app';"),
      file('apps/router/src/app.ts', "import 'fastify';"),
      file('libs/hub/src/a.test.ts', "import '@app/testkit'; import 'fast-check'; import 'node:fs';"),
      file(
        'libs/store/src/a.test.ts',
        "import '../../testkit/src/twin'; import '../../../test/support/ports';",
      ),
      file('libs/testkit/src/twin/index.ts'),
      file('test/support/ports.ts'),
      file('libs/testkit/src/index.ts'),
    ];
    expect(forbiddenImports(files)).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read by libs/settings alone', () => {
    expect(strayEnvironmentReads(tree)).toEqual([]);
  });

  it.each([
    'process.env.X;',
    "process['env'].X;",
    'const { env } = process;',
    "import { env } from 'node:process';",
  ])('is seen to be read by %s', (text) => {
    expect(strayEnvironmentReads([file('libs/hub/src/a.ts', text)])).toHaveLength(1);
    expect(strayEnvironmentReads([file('libs/settings/src/a.ts', text)])).toEqual([]);
  });
});

describe('the environment of the system', () => {
  it('is read by what starts the embedded programs, to find them, and no setting is', () => {
    const embedded = (text: string): SourceFile => file('apps/hub/src/embedded/a.ts', text);
    expect(strayEnvironmentReads([embedded('f(process.env.PATH);')])).toEqual([]);
    expect(strayEnvironmentReads([embedded('f(process.env.DATA_DIR);')])).toHaveLength(1);
    expect(strayEnvironmentReads([embedded('f({ ...process.env });')])).toHaveLength(1);
  });
});

describe('files', () => {
  it('do not import each other in circles', () => {
    expect(importCycles(tree)).toEqual([]);
  });

  it('in a circle are found, also through an index and a type', () => {
    const files = [
      file('libs/hub/src/index.ts', "export * from './a';"),
      file('libs/hub/src/a.ts', "import { type B } from './b';"),
      file('libs/hub/src/b.ts', "export * from '.';"),
    ];
    expect(importCycles(files)).toEqual([expect.stringContaining('libs/hub/src/a.ts → libs/hub/src/b.ts')]);
  });

  it('are reached from an entry', () => {
    expect(deadFiles(tree)).toEqual([]);
  });

  it('that only a test leads to are dead', () => {
    const files = [
      file('apps/hub/src/main.ts', "import './used';"),
      file('apps/hub/src/used.ts', "fork('../bin/child.mjs'); run('dist/apps/hub/src/run-by-name.js');"),
      file('apps/hub/src/run-by-name.ts'),
      file('apps/hub/src/tested.ts'),
      file('apps/hub/src/tested.test.ts', "import './tested';"),
      file('test/jest.config.mjs', "export default { globalSetup: '<rootDir>/test/setup.ts' };"),
      file('test/setup.ts'),
      file('test/left-over.ts'),
    ];
    expect(deadFiles(files)).toEqual([
      'apps/hub/src/tested.ts:1 is reached from no entry',
      'test/left-over.ts:1 is reached from no entry',
    ]);
  });
});

describe('exports', () => {
  it('are needed by somebody', () => {
    expect(deadExports(tree)).toEqual([]);
  });

  it('that nobody needs are found, also behind an index', () => {
    const files = [
      file('libs/hub/src/index.ts', "export * from './a'; export { kept as handed } from './b';"),
      file('libs/hub/src/a.ts', 'export const used = 1; export const unused = 2; export interface Alone {}'),
      file('libs/hub/src/b.ts', 'export const kept = 1; export function tested() {}'),
      file('libs/hub/src/b.test.ts', "import { tested } from './b';"),
      file('apps/hub/src/main.ts', "import { used } from '@app/hub';"),
    ];
    expect(deadExports(files).map((finding) => finding.split(' ').pop())).toEqual([
      'handed',
      'unused',
      'Alone',
      'kept',
      'tested',
    ]);
  });

  it('live by a name, by everything, and by a type of the same file', () => {
    const files = [
      file('libs/hub/src/index.ts', "export * from './a'; export { kept as handed } from './b';"),
      file('libs/hub/src/a.ts', 'export interface Row {} export function rows(): Row[] { return []; }'),
      file('libs/hub/src/b.ts', 'export const kept = 1;'),
      file('apps/hub/src/main.ts', "import * as hub from '@app/hub';"),
    ];
    expect(deadExports(files)).toEqual([]);
  });
});

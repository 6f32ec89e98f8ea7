import { badMigrations, genericFolders, strayEntries, undocumentedFunctions } from './layout-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const file = (path: string, text = ''): SourceFile => ({ path, text });

describe('the house', () => {
  it('has the agreed entries and no others', () => {
    expect(strayEntries(tree)).toEqual([]);
  });

  it('shows an entry that was not agreed', () => {
    const files = ['scripts/a.ts', 'notes.md', 'libs/extra/src/a.ts', 'apps/hub/src/a.ts', '.ci/run'];
    expect(strayEntries(files.map((path) => file(path)))).toEqual([
      'scripts:1 is no agreed top-level entry',
      'notes.md:1 is no agreed top-level entry',
      'libs/extra:1 is no agreed part',
    ]);
  });

  it('has no folder with a name that fits anything', () => {
    expect(genericFolders(tree)).toEqual([]);
  });

  it('shows a folder with a generic name', () => {
    const files = [
      file('libs/hub/src/utils/a.ts'),
      file('apps/admin/src/dto/b.ts'),
      file('libs/hub/src/utils.ts'),
    ];
    expect(genericFolders(files)).toHaveLength(2);
  });
});

describe('an exported function', () => {
  it('says what it does', () => {
    expect(undocumentedFunctions(tree)).toEqual([]);
  });

  it.each(['export function f() {}', 'export const f = () => 1;', '// why\nexport async function f() {}'])(
    'without a doc comment is found: %s',
    (text) => {
      expect(undocumentedFunctions([file('libs/hub/src/a.ts', text)])).toHaveLength(1);
      expect(undocumentedFunctions([file('libs/hub/src/a.ts', `/** Does it. */\n${text}`)])).toEqual([]);
    },
  );
});

describe('a migration', () => {
  const good = 'class One1000000000001 { async up() { a(); } async down() { b(); } }';
  const first = file('migrations/1000000000001-one.ts', good);

  it('can be undone and is in order', () => {
    expect(tree.filter(({ path }) => path.startsWith('migrations/'))).not.toEqual([]);
    expect(badMigrations(tree)).toEqual([]);
  });

  it.each([
    ['has no down', '1000000000002-two.ts', 'class Two1000000000002 { up() { a(); } down() {} }'],
    ['has no down', '1000000000002-two.ts', 'class Two1000000000002 { up() { a(); } }'],
    ['has no up', '1000000000002-two.ts', 'class Two1000000000002 { down() { a(); } }'],
    ['has the timestamp of the one before', '1000000000001-two.ts', good],
    ['its class does not end with its timestamp', '1000000000002-two.ts', good],
    ['its name does not begin with 13 digits', 'two.ts', good],
  ])('is refused when it %s', (what, name, text) => {
    expect(badMigrations([first, file(`migrations/${name}`, text)])).toEqual([expect.stringContaining(what)]);
  });
});
